// The read channels: grants, one a cycle and so many outstanding, and beats, in the order of the
// grants.
#pragma once

#include <algorithm>
#include <vector>

#include "vta/sim/memory_timing.h"
#include "vta/sim/timed/cycle.h"

namespace vta::sim::timed {

class ReadChannel {
 public:
  explicit ReadChannel(const hw::Config& config)
      : memory_(config), last_beats_(static_cast<size_t>(config.outstanding_bursts)) {}

  MemoryTiming& memory() { return memory_; }

  // From when on the next burst can be granted.
  Cycle room() const { return room_; }

  struct Delivery {
    MemoryTiming::Read read;
    Cycle from;  // the first beat is not given before
    Cycle first() const { return std::max(from, read.ready(0)); }
  };
  // A grant at t; its owner says by delivered() when the last beat is handed over.
  Delivery grant(Cycle t, uint64_t beats) {
    granted_at_ = t;
    return {memory_.read(t + 1, beats), next_beat_};
  }
  void delivered(Cycle last) {
    next_beat_ = last + 1;
    last_beats_[grants_++ % last_beats_.size()] = last;
    const Cycle oldest = last_beats_[grants_ % last_beats_.size()];
    room_ = std::max(granted_at_, grants_ < last_beats_.size() ? 0 : oldest) + 1;
  }

  // The beats of a burst from `first` to `last` were not the load unit's.
  void note_other(Cycle first, Cycle last) { others_.push_back({first, last}); }
  struct Interval {
    Cycle first;
    Cycle last;
  };
  const std::vector<Interval>& others() const { return others_; }

 private:
  MemoryTiming memory_;
  uint64_t grants_ = 0;
  Cycle granted_at_ = 0;
  Cycle room_ = 0;
  Cycle next_beat_ = 0;
  std::vector<Cycle> last_beats_;  // of the bursts granted last
  std::vector<Interval> others_;
};

}  // namespace vta::sim::timed
