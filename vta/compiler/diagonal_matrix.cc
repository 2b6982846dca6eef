#include "vta/compiler/diagonal_matrix.h"

#include "vta/compiler/packing.h"
#include "vta/module/layout.h"

namespace vta::compiler {

std::vector<uint8_t> diagonal_matrix(int8_t value, const hw::Config& config) {
  const int64_t block = Packing(config).block;
  Tensor weights(DType::kInt8, {block, block, 1, 1});
  for (int64_t c = 0; c < block; ++c) {
    weights.as<int8_t>()[static_cast<size_t>(c * block + c)] = value;
  }
  return module::pack_weights(weights, config);
}

}  // namespace vta::compiler
