// Cycles of a run. The units of the model compute times as soon as what they depend on is known,
// which is mostly long before the time itself; what is not known yet is later than all that is.
#pragma once

#include <array>
#include <cstdint>

#include "vta/sim/timing.h"

namespace vta::sim::timed {

using Cycle = uint64_t;
inline constexpr Cycle kUnknown = uint64_t{1} << 62;  // sums with it stay unknown
inline bool is_known(Cycle cycle) {
  return cycle < kUnknown;
}

// The cycles of one unit by cause.
class Causes {
 public:
  void add(Cause cause, uint64_t cycles) { cycles_[static_cast<size_t>(cause)] += cycles; }
  void move(Cause from, Cause to, uint64_t cycles) {
    cycles_[static_cast<size_t>(from)] -= cycles;
    add(to, cycles);
  }
  const std::array<uint64_t, kCauseNames.size()>& cycles() const { return cycles_; }

 private:
  std::array<uint64_t, kCauseNames.size()> cycles_{};
};

}  // namespace vta::sim::timed
