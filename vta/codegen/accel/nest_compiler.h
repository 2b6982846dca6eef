// From nests to instructions, each different one once.
#pragma once

#include <map>

#include "vta/codegen/accel/instructions.h"

namespace vta::codegen::accel {

class NestCompiler {
 public:
  explicit NestCompiler(const hw::Config& config)
      : config_(config), limits_(isa::Encoding(config)) {}

  // Nothing where the outermost loop has to be walked. Throws Error as plan_of, and where no loops
  // are left and it is still no instruction.
  std::optional<Computes> compile(const Nest& nest, const Environment& values,
                                  const Scratchpads& places);

 private:
  hw::Config config_;
  FieldLimits limits_;
  std::map<std::vector<int64_t>, std::optional<Computes>> compiled_;  // by key_of
};

}  // namespace vta::codegen::accel
