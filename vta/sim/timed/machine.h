// The whole accelerator: what the units do to one another, in order of time. Times that follow from
// what is known are computed at once and mostly lie ahead, so that only these are events: an
// instruction starts, a read burst is granted, a write burst is handed to the memory.
#pragma once

#include <cstdint>
#include <span>

#include "vta/sim/timed/plan.h"
#include "vta/sim/timing.h"

namespace vta::sim::timed {

struct TokenOverflow {
  uint32_t giver;  // index in the program
  isa::Unit from;
  isa::Unit to;
};

// The times of a program at DRAM byte address `address`, which is legal and ends: the units that
// run one instruction at a time have run it. Throws TokenOverflow where these, which run ahead of
// one another, give a token to a full queue.
Timing run(const hw::Config& config, uint64_t address, std::span<const Plan> program);

}  // namespace vta::sim::timed
