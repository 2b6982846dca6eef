// Bytes as a compiled module: an Error, or a module that comes back from being written.
#include <cstdlib>

#include "vta/base/error.h"
#include "vta/module/file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const std::vector<uint8_t> written =
        vta::module::format_module(vta::module::parse_module({data, size}));
    if (vta::module::format_module(vta::module::parse_module(written)) != written) std::abort();
  } catch (const vta::Error&) {
  }
  return 0;
}
