#include "vta/compiler/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace vta::compiler {

namespace {

struct Interval {
  uint64_t begin, end;
};

}  // namespace

MemoryPlan plan_memory(std::span<const Lifetime> lifetimes, uint64_t alignment) {
  const auto aligned = [&](uint64_t bytes) {
    return (bytes + alignment - 1) / alignment * alignment;
  };
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(
      order, [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  MemoryPlan plan{.offsets = std::vector<uint64_t>(lifetimes.size()), .bytes = 0};
  std::vector<size_t> placed;
  for (const size_t i : order) {
    std::vector<Interval> taken;
    for (const size_t j : placed) {
      const bool overlap =
          lifetimes[i].first <= lifetimes[j].last && lifetimes[j].first <= lifetimes[i].last;
      if (overlap)
        taken.push_back({plan.offsets[j], plan.offsets[j] + aligned(lifetimes[j].bytes)});
    }
    std::ranges::sort(taken, {}, &Interval::begin);
    const uint64_t bytes = aligned(lifetimes[i].bytes);
    uint64_t offset = 0;
    for (const Interval& interval : taken) {
      if (offset + bytes <= interval.begin) break;
      offset = std::max(offset, interval.end);
    }
    plan.offsets[i] = offset;
    plan.bytes = std::max(plan.bytes, offset + bytes);
    placed.push_back(i);
  }
  return plan;
}

}  // namespace vta::compiler
