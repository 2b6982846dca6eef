// What a run took, beside what it must take: a table or JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vta/sim/bounds.h"
#include "vta/sim/timing.h"

namespace vta::tools {

// Both throw Error when the causes of a unit do not add up to the cycles.
std::string format_timing(const sim::Timing& timing, const sim::Bounds& bounds);
// Adds `cycles`, `bounds` and `attribution`.
void add_timing(nlohmann::ordered_json& json, const sim::Timing& timing, const sim::Bounds& bounds);

}  // namespace vta::tools
