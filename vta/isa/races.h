// Accesses of two units to the same scratchpad entry or DRAM byte that no token orders.
#pragma once

#include <vector>

#include "vta/isa/footprint.h"
#include "vta/isa/token_order.h"

namespace vta::isa {

// Adds errors of kind "RAW", "WAR" (one for each instruction that reads something unordered) and
// "uops" (micro-ops read from DRAM that a STORE of the same program writes) to `report`, and the
// count of concurrent pairs. Covers the instructions that `order` says can run.
void find_races(const Program& program, const std::vector<Footprint>& footprints,
                const TokenOrder& order, CheckReport& report);

}  // namespace vta::isa
