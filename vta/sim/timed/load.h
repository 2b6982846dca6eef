// The load unit: LOADs of inp and wgt.
#pragma once

#include <vector>

#include "vta/sim/timed/consumption.h"
#include "vta/sim/timed/cycle.h"
#include "vta/sim/timed/queues.h"
#include "vta/sim/timed/read_channel.h"

namespace vta::sim::timed {

class Load {
 public:
  Load(const hw::Config& config, CommandQueue& queue, TokenQueue& from_compute,
       TokenQueue& to_compute, std::vector<InstructionTime>& times);

  // When the next instruction starts.
  Cycle next_start() const;
  void start(Cycle t);

  // From when on the next burst is requested.
  Cycle request() const { return request_; }
  void grant(Cycle t, ReadChannel& channel);

  // From when on nothing is left to do; kUnknown while something is.
  Cycle idle() const {
    return queue_.all_started() && is_known(issue_idle_) ? idle_from_ : kUnknown;
  }

  Causes causes(Cycle finish, Cycle dispatched, const ReadChannel& channel) const;

 private:
  // A span in which `cur` waits for data: before its first beat, from then on, and to before `end`.
  struct Wait {
    Cycle from;
    Cycle first_beat;
    Cycle end;
  };

  void complete(Cycle data_begin, Cycle data_end, uint64_t data_cycles);
  void count_arbitration(Causes& causes, const ReadChannel& channel) const;

  int beat_shift_;
  size_t descriptors_;
  CommandQueue& queue_;
  TokenQueue& from_compute_;
  TokenQueue& to_compute_;
  std::vector<InstructionTime>& times_;

  // The instruction started last.
  const Plan* plan_ = nullptr;
  Bursts bursts_;
  Cycle request_ = kUnknown;
  Cycle issue_idle_ = 0;  // from when on the issue side is idle
  Cycle active_ = 0;      // its first cycle as `cur`
  Cycle pads_end_ = 0;    // after the last cycle of padding
  Cycle first_beat_ = kUnknown;
  uint64_t data_cycles_ = 0;  // of consumption from pads_end_ on

  std::vector<Cycle> actives_;
  Cycle complete_ = 0;   // after the last `cur`'s last cycle
  Cycle idle_from_ = 0;  // after the last end
  Causes causes_;        // to before complete_
  std::vector<Wait> waits_;
};

}  // namespace vta::sim::timed
