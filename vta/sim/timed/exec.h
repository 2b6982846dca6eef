// GEMM and ALU: when the instructions in the `next` and `cur` slots issue and finish. All of it is
// known as soon as an instruction starts.
#pragma once

#include <array>

#include "vta/hw/config.h"
#include "vta/sim/timed/cycle.h"
#include "vta/sim/timed/plan.h"

namespace vta::sim::timed {

class Exec {
 public:
  explicit Exec(const hw::Config& config);

  struct Times {
    Cycle moves;  // from `next` to `cur`; active in `cur` from the cycle after
    Cycle first;  // the first cycle that is not spent in draining the pipeline
    Cycle last;   // slot
    Cycle finish;
  };
  Times start(Cycle t, const Plan& plan);

  // From when on `next` is free for another instruction.
  Cycle next_free() const { return next_free_; }
  // When all instructions that were started have finished; 0 before there is one.
  Cycle finish() const { return std::max(array_finish_, requantise_finish_); }
  // Whether an instruction in `cur` or `next` at t reads micro-ops of `range`.
  bool reads_at(Cycle t, const UopRange& range) const;

 private:
  struct Stall {
    Cycle from = 0;   // the micro-op is in S2 from here on
    Cycle until = 0;  // when it is accepted
  };
  struct Slot {
    UopRange uops;
    Cycle last = 0;
  };

  Times issue_requantise(Times times, const Acceptance& acceptance);
  Cycle not_stalled(Cycle t) const;

  uint64_t pipeline_;     // from the last slot to the finish
  uint64_t write_delay_;  // from acceptance to the write of a requantise micro-op
  Cycle next_free_ = 0;
  Cycle last_ = 0;  // slot of the instruction before, plus 1; 0 before there is one
  Cycle array_finish_ = 0;
  Cycle requantise_finish_ = 0;
  std::array<Stall, 2> stalls_{};  // of the last two requantise micro-ops
  std::array<Slot, 2> slots_{};    // the last two instructions
};

}  // namespace vta::sim::timed
