// Micro-ops for a program: runs of them, each with a theme for each index.
#pragma once

#include <vector>

#include "vta/fuzz/random.h"

namespace vta::fuzz {

struct UopTable {
  struct Run {
    uint32_t first;
    uint32_t count;
  };
  std::vector<isa::MicroOp> uops;
  std::vector<Run> runs;
};

// Themes are what the hazards of accumulators, records and operands depend on: the same index again
// and again, one that returns after 2, 3, … micro-ops, successive ones, the source that was the
// destination some micro-ops before, the ends of the scratchpads, any.
UopTable uop_table(const hw::Config& config, Random& random);

}  // namespace vta::fuzz
