// Text as a hardware configuration: an Error, or one that comes back from being written.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "vta/base/error.h"
#include "vta/hw/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const vta::hw::Config config = vta::hw::parse_config(text, "fuzz");
    const std::string json = vta::hw::to_json(config);
    if (vta::hw::to_json(vta::hw::parse_config(json, "again")) != json) std::abort();
  } catch (const vta::Error&) {
  }
  return 0;
}
