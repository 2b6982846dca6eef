// Tile sizes that knobs try.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

namespace vta::ops::accel {

constexpr int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// The even splits of an extent into 1, 2, 3, … parts, smallest first.
inline std::vector<int64_t> splits(int64_t extent) {
  std::set<int64_t> sizes;
  for (int64_t parts = 1; parts <= extent; ++parts) sizes.insert(ceil_div(extent, parts));
  return {sizes.begin(), sizes.end()};
}

}  // namespace vta::ops::accel
