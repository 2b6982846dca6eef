// When the beats of a burst are consumed by a unit that spends a number of cycles on each, in
// closed form. A beat is done at
//   done(k) = max(there(k), done(k - 1) + 1) + cycles(k) - 1,
// which, unrolled, is a maximum over the beats from which on nothing was waited for. Times and
// cycles are linear in k between the first and the last beat, so three candidates remain of it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "vta/sim/memory_timing.h"
#include "vta/sim/timed/bursts.h"
#include "vta/sim/timed/cycle.h"

namespace vta::sim::timed {

class Consumption {
 public:
  // Of a burst whose beats can be taken `delay` cycles after they are ready, the first one not
  // before `from`.
  Consumption(const Burst& burst, const MemoryTiming::Read& read, Cycle delay, Cycle from)
      : burst_(burst), read_(read), delay_(delay), from_(from), last_(done(burst.beats - 1)) {}
  // Of `cycles` cycles that wait for nothing.
  Consumption(Cycle from, uint64_t cycles)
      : burst_{.beats = 1, .first = cycles}, read_{0, 0}, from_(from), last_(from + cycles - 1) {}

  // The last cycle in which beat k is consumed.
  Cycle done(uint64_t k) const {
    const uint64_t through = burst_.cycles(k + 1);
    Cycle end = std::max(from_, there(0)) + through;
    if (k > 0) end = std::max(end, there(1) + through - burst_.cycles(1));
    if (k > 1) end = std::max(end, there(k) + through - burst_.cycles(k));
    return end - 1;
  }
  Cycle first() const { return std::max(from_, there(0)); }
  Cycle last() const { return last_; }
  uint64_t cycles() const { return burst_.cycles(); }

  // Cycles before `t` in which something is consumed.
  uint64_t cycles_before(Cycle t) const {
    if (t > last_) return cycles();
    if (t <= first()) return 0;
    uint64_t low = 0;  // the first beat that is not done before t is in [low, high]
    uint64_t high = burst_.beats - 1;
    while (low < high) {
      const uint64_t middle = (low + high) / 2;
      if (done(middle) < t) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const uint64_t of_beat = burst_.cycles(low + 1) - burst_.cycles(low);
    const Cycle begin = done(low) + 1 - of_beat;
    return burst_.cycles(low) + (t > begin ? t - begin : 0);
  }

 private:
  Cycle there(uint64_t k) const { return read_.ready(k) + delay_; }

  Burst burst_;
  MemoryTiming::Read read_;
  Cycle delay_ = 0;
  Cycle from_;
  Cycle last_;
};

}  // namespace vta::sim::timed
