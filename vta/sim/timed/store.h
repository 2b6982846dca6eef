// The store unit: bursts one after the other, responses from the memory, ends in order.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "vta/sim/memory_timing.h"
#include "vta/sim/timed/cycle.h"
#include "vta/sim/timed/queues.h"

namespace vta::sim::timed {

class Store {
 public:
  Store(const hw::Config& config, CommandQueue& queue, TokenQueue& from_compute,
        TokenQueue& to_compute, std::vector<InstructionTime>& times);

  // When the next instruction starts.
  Cycle next_start() const;
  void start(Cycle t);

  // When the next burst's last beat is handed over.
  Cycle next_write() const { return writes_.empty() ? kUnknown : writes_.front().at; }
  // Hands it over. True when with it the end of an instruction is known.
  bool write(MemoryTiming& memory);

  // From when on nothing is left to do; kUnknown while something is.
  Cycle idle() const;

  Causes causes(Cycle finish, Cycle dispatched) const;

 private:
  struct Write {
    Cycle at;
    uint64_t beats;
  };
  struct Pending {
    const Plan* plan;
    Cycle last;       // cycle of RUN
    uint64_t bursts;  // of all instructions so far
  };

  void run();
  bool run_bursts();
  void end_all();
  // From when on all that were started are, kUnknown while they are not.
  Cycle acknowledged_from() const;

  int beat_shift_;
  size_t descriptors_;  // instructions started and not ended
  size_t outstanding_bursts_;
  CommandQueue& queue_;
  TokenQueue& from_compute_;
  TokenQueue& to_compute_;
  std::vector<InstructionTime>& times_;

  const Plan* slot_ = nullptr;
  Cycle slot_start_ = 0;
  Cycle slot_free_ = 0;  // from when on
  const Plan* running_ = nullptr;
  Bursts bursts_;
  Cycle run_end_ = 0;  // after the last cycle of RUN, or of what is known of it

  uint64_t bursts_begun_ = 0;
  std::deque<Write> writes_;
  std::vector<Cycle> responses_;
  std::deque<Pending> pending_;
  std::vector<Cycle> ends_;
  Causes causes_;  // to before run_end_
};

}  // namespace vta::sim::timed
