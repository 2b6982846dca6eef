// A value for every byte of an address range, kept by intervals of equal history.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>

namespace vta::codegen::accel {

template <typename Value>
class ByteMap {
 public:
  // Calls change(value) for the value of every byte in [begin, end), once for an interval.
  template <typename Change>
  void update(int64_t begin, int64_t end, const Change& change) {
    split(begin);
    split(end);
    for (auto it = intervals_.find(begin); it->first != end; ++it) change(it->second);
  }

 private:
  // Makes `at` the beginning of an interval.
  void split(int64_t at) {
    const auto after = intervals_.upper_bound(at);
    intervals_.try_emplace(after, at,
                           after == intervals_.begin() ? Value{} : std::prev(after)->second);
  }

  std::map<int64_t, Value> intervals_;  // by begin; each ends where the next one begins
};

}  // namespace vta::codegen::accel
