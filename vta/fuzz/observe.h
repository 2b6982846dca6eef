// What a program does that coverage asks about: its micro-ops in the order of execution, its
// tokens, and, where a device that knows time ran it, its cycles.
#pragma once

#include <optional>
#include <vector>

#include "vta/fuzz/case.h"
#include "vta/isa/check.h"
#include "vta/isa/footprint.h"
#include "vta/sim/timing.h"

namespace vta::fuzz {

// A micro-op of a GEMM or ALU instruction; the slots of a program follow one another.
struct Slot {
  uint32_t instruction = 0;
  uint32_t dst = 0;
  uint32_t src = 0;
  uint32_t wgt = 0;
};

struct Observation {
  explicit Observation(const Case& c, const std::optional<sim::Timing>& timing = std::nullopt);

  const Case& c;
  const isa::Program& program;
  // Of a legal program; a broken one has none of them.
  isa::CheckReport check;
  std::vector<isa::DramRegion> dram;  // by instruction
  std::vector<Slot> slots;            // the first kMostSlots
  std::optional<sim::Timing> timing;

  static constexpr size_t kMostSlots = 1 << 16;
  bool legal() const { return !c.fault; }
  const isa::Instruction& at(const Slot& slot) const {
    return program.instructions[slot.instruction];
  }
};

}  // namespace vta::fuzz
