#include "vta/compiler/unit_matrix.h"

#include "vta/compiler/packing.h"
#include "vta/module/layout.h"

namespace vta::compiler {

std::vector<uint8_t> unit_matrix(const hw::Config& config) {
  const int64_t block = Packing(config).block;
  Tensor unit(DType::kInt8, {block, block, 1, 1});
  for (int64_t c = 0; c < block; ++c) {
    unit.as<int8_t>()[static_cast<size_t>(c * block + c)] = 1;
  }
  return module::pack_weights(unit, config);
}

}  // namespace vta::compiler
