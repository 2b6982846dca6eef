// The fused requantise: when the engine accepts the micro-ops of an instruction, which depends on
// their indices.
#pragma once

#include <cstdint>
#include <vector>

#include "vta/hw/config.h"
#include "vta/isa/instruction.h"

namespace vta::sim::timed {

inline constexpr uint64_t kRequantiseStages = 6;

// Cycles from the acceptance of the first micro-op to that of the last three, of which there are
// `micro_ops` or fewer. The first one needs a record and so finds the engine empty: what was before
// does not matter.
struct Acceptance {
  uint64_t micro_ops = 0;
  uint64_t last = 0;
  uint64_t before_last = 0;
  uint64_t before_that = 0;
};

class RequantiseModel {
 public:
  explicit RequantiseModel(const hw::Config& config);
  // `uops` is the micro-op buffer. Takes an instruction with one micro-op at least.
  Acceptance acceptance(const isa::Instruction& instruction, const isa::MicroOp* uops);
  // From a micro-op's acceptance to the write of its result.
  uint64_t write_delay() const { return cycles_ + kRequantiseStages; }

 private:
  uint64_t cycles_;                // that a vector takes
  std::vector<uint64_t> written_;  // by dst: when its last result is, in this instruction
};

}  // namespace vta::sim::timed
