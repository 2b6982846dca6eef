// Assembly text: what assembles must print and assemble again to the same, and the checker must
// answer for it.
#include <cstdlib>
#include <string>
#include <string_view>

#include "vta/base/error.h"
#include "vta/isa/assembly.h"
#include "vta/isa/check.h"

namespace {

// More instructions than this only repeat the work of fewer.
constexpr size_t kMaxInstructions = 200;

void round_trip(const vta::isa::Program& program) {
  const std::string text = vta::isa::disassemble(program);
  if (vta::isa::disassemble(vta::isa::assemble(text)) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto program =
        vta::isa::assemble(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
    round_trip(program);
    if (program.instructions.size() > kMaxInstructions) return 0;
    if (vta::isa::to_string(vta::isa::check(program)).empty()) std::abort();
  } catch (const vta::Error&) {
  }
  return 0;
}
