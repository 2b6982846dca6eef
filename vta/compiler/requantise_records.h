// Requantise records (vta/isa/instruction.h) as they lie in DRAM: three accumulator elements each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vta/base/requantize.h"
#include "vta/hw/config.h"

namespace vta::compiler {

// The records of all output elements in order: channel c is lane c % block_out of element
// c / block_out, the same for every row of the batch. Channels beyond the given ones requantise to
// zero.
std::vector<uint8_t> channel_records(std::span<const Requantize> channels, int64_t elements,
                                     const hw::Config& config);

// One record whose lanes are all the same.
std::vector<uint8_t> uniform_record(const Requantize& record, const hw::Config& config);

}  // namespace vta::compiler
