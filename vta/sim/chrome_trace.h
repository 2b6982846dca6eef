// A run as a picture: a JSON trace that chrome://tracing and ui.perfetto.dev show, where a
// microsecond is a cycle.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "vta/isa/instruction.h"
#include "vta/sim/timing.h"

namespace vta::sim {

// The track of each instruction among those of its unit: the first that is free when it starts.
std::vector<size_t> lanes_of(std::span<const isa::Instruction> instructions, const Timing& timing);

// Tracks: each unit's instructions, from start to end, with their text (a second track, and so on,
// for those that overlap); arrows from each token's giver to its taker; counters of each token
// queue, and of each command queue where `timing` says when instructions were dispatched. `timing`
// is that of a run of `instructions` to its end.
std::string chrome_trace(std::span<const isa::Instruction> instructions, const Timing& timing);

}  // namespace vta::sim
