// docs/hardware.md, transcribed cycle by cycle, for tests of the cycle-exact model: all registers
// of all units advance once a cycle. Slow and simple; knows no values but micro-ops.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vta/isa/instruction.h"
#include "vta/sim/timing.h"

namespace vta::sim {

// An instruction, and the micro-ops that it runs over: [uop_begin, uop_end) at the time when it is
// executed.
struct OracleInstruction {
  isa::Instruction instruction;
  std::vector<isa::MicroOp> uops;
};

// The program, legal, lies at DRAM byte address `address`. Throws Error when it has not ended after
// `limit` cycles.
Timing cycle_oracle(const hw::Config& config, uint64_t address,
                    std::span<const OracleInstruction> program, uint64_t limit);

}  // namespace vta::sim
