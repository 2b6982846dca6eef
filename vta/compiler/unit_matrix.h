// The weights that pass every channel of a block through the GEMM array as it is.
#pragma once

#include <cstdint>
#include <vector>

#include "vta/hw/config.h"

namespace vta::compiler {

// As they lie in DRAM: [block / block_out][block / block_in][block_out][block_in] of weights, where
// block is the larger of block_in and block_out.
std::vector<uint8_t> unit_matrix(const hw::Config& config);

}  // namespace vta::compiler
