// A whole program in decoded form: what the assembler, the disassembler, the checker and the command
// stream pass around.
#pragma once

#include <map>
#include <vector>

#include "vta/isa/field.h"

namespace vta::isa {

// Depth of each token queue; a push beyond it is a fault. Depth of each unit's command queue: fetch,
// which is in order, waits while the queue of the next instruction's unit is full.
inline constexpr int64_t kTokenQueueDepth = 1024;
inline constexpr int64_t kCommandQueueDepth = 512;

struct Program {
  hw::Config config;
  std::vector<Instruction> instructions;  // FINISH is the last and the only one
  // Micro-ops in DRAM by element index (byte address / micro-op bytes): what LOADs of uop read.
  // Elements that are absent are unknown; loading one is an error to the checker.
  std::map<uint32_t, MicroOp> uops;
};

}  // namespace vta::isa
