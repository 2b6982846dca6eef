// Draws for the generator: the same from a seed everywhere, as no distribution of the standard
// library is used.
#pragma once

#include <cstdint>
#include <random>
#include <span>

#include "vta/isa/field.h"

namespace vta::fuzz {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed * 0x9e3779b97f4a7c15 + 1) {}

  uint64_t bits() { return engine_(); }
  // From 0 to limit - 1; 0 where limit is 0.
  uint64_t below(uint64_t limit) { return limit == 0 ? 0 : engine_() % limit; }
  uint64_t between(uint64_t low, uint64_t high) { return low + below(high - low + 1); }
  bool percent(uint64_t chance) { return below(100) < chance; }
  template <typename Range>
  const auto& pick(const Range& range) {
    return range[below(std::size(range))];
  }
  // From 1 to `most`, each order of magnitude as likely as the next.
  uint64_t magnitude(uint64_t most) {
    uint64_t limit = 1;
    while (limit < most && percent(75)) limit *= 2;
    return 1 + below(std::min(limit, most));
  }
  // A value of a field: the ends of its range, small ones and any.
  int64_t value(isa::Range range) {
    const auto width = static_cast<uint64_t>(range.high - range.low);
    const uint64_t kind = below(100);
    if (kind < 15) return range.low;
    if (kind < 20) return range.high;
    if (kind < 40) return std::min<int64_t>(1, range.high);
    if (kind < 75) return static_cast<int64_t>(below(std::min<uint64_t>(width, 12) + 1));
    return range.low + static_cast<int64_t>(width == UINT64_MAX ? bits() : below(width + 1));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace vta::fuzz
