#include "vta/codegen/accel/nest_compiler.h"

#include "vta/base/error.h"

namespace vta::codegen::accel {

std::optional<Computes> NestCompiler::compile(const Nest& nest, const Environment& values,
                                              const Scratchpads& places) {
  std::optional<Computes> computes;
  if (std::optional<Plan> plan = plan_of(nest, config_, values, places)) {
    const auto [entry, is_new] = compiled_.try_emplace(key_of(*plan));
    if (is_new) entry->second = instructions_of(*std::move(plan), limits_);
    computes = entry->second;
  }
  require(computes.has_value() || !nest.loops.empty(),
          "{}: its regions and conditions are no numbers when all loops have values",
          nest.intrinsic.name);
  return computes;
}

}  // namespace vta::codegen::accel
