// The weights by which the GEMM array multiplies every channel of a block by one integer; by 1, it
// passes them through.
#pragma once

#include <cstdint>
#include <vector>

#include "vta/hw/config.h"

namespace vta::compiler {

// As they lie in DRAM: [block / block_out][block / block_in][block_out][block_in] of weights, where
// block is the larger of block_in and block_out.
std::vector<uint8_t> diagonal_matrix(int8_t value, const hw::Config& config);

}  // namespace vta::compiler
