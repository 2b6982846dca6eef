// A run as a picture: a JSON trace that chrome://tracing and ui.perfetto.dev show, where a
// microsecond is a cycle.
#pragma once

#include <span>
#include <string>

#include "vta/isa/instruction.h"
#include "vta/sim/timing.h"

namespace vta::sim {

// Tracks: each unit's instructions, from start to end, with their text (a second track, and so on,
// for those that overlap); arrows from each token's giver to its taker; counters of each token
// queue, and of each command queue where `timing` says when instructions were dispatched. `timing`
// is that of a run of `instructions` to its end.
std::string chrome_trace(std::span<const isa::Instruction> instructions, const Timing& timing);

}  // namespace vta::sim
