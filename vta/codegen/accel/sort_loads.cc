#include "vta/codegen/accel/sort_loads.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace vta::codegen::accel {

namespace {

// Of each element of inp and wgt, the next compute task that reads it: tasks are seen from the last
// one on.
class NextReads {
 public:
  explicit NextReads(const hw::Config& config)
      : inp_(static_cast<size_t>(config.depth(hw::Memory::kInp)), SIZE_MAX),
        wgt_(static_cast<size_t>(config.depth(hw::Memory::kWgt)), SIZE_MAX) {}

  void add(const Compute& c, size_t task) {
    c.inp.for_each([&](uint64_t e) { inp_[e] = task; });
    c.wgt.for_each([&](uint64_t e) { wgt_[e] = task; });
  }

  // The first that reads what `load` brings; what older loads brought is not read any more before.
  size_t take(const Transfer& load) {
    std::vector<size_t>& table = load.memory == isa::MemoryType::kInp ? inp_ : wgt_;
    size_t first = SIZE_MAX;
    for (int64_t e = load.sram; e < load.sram + load.elements(); ++e) {
      first = std::min(first, std::exchange(table[static_cast<size_t>(e)], SIZE_MAX));
    }
    return first;
  }

 private:
  std::vector<size_t> inp_, wgt_;
};

bool overlap(const std::vector<Task>& tasks, size_t begin, size_t end) {
  std::vector<std::array<int64_t, 3>> ranges;
  for (size_t i = begin; i < end; ++i) {
    const auto& t = std::get<Transfer>(tasks[i]);
    ranges.push_back({static_cast<int64_t>(t.memory), t.sram, t.sram + t.elements()});
  }
  std::ranges::sort(ranges);
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i][0] == ranges[i - 1][0] && ranges[i][1] < ranges[i - 1][2]) return true;
  }
  return false;
}

}  // namespace

void sort_loads(std::vector<Task>& tasks, const hw::Config& config) {
  NextReads next(config);
  std::vector<size_t> needed(tasks.size(), 0);
  const auto is_load = [&](size_t i) { return unit_of(tasks[i]) == isa::Unit::kLoad; };
  for (size_t i = tasks.size(); i-- > 0;) {
    if (is_load(i)) {
      needed[i] = next.take(std::get<Transfer>(tasks[i]));
    } else if (const auto* c = std::get_if<std::shared_ptr<const Compute>>(&tasks[i])) {
      next.add(**c, i);
    }
  }
  for (size_t begin = 0, end = 0; begin < tasks.size(); begin = end + 1) {
    end = begin;
    while (end < tasks.size() && is_load(end)) ++end;
    if (end - begin < 2 || overlap(tasks, begin, end)) continue;
    std::vector<size_t> sorted(end - begin);
    std::iota(sorted.begin(), sorted.end(), begin);
    std::ranges::stable_sort(sorted, {}, [&](size_t i) { return needed[i]; });
    std::vector<Task> loads;
    for (const size_t i : sorted) loads.push_back(tasks[i]);
    std::ranges::move(loads, tasks.begin() + static_cast<int64_t>(begin));
  }
}

}  // namespace vta::codegen::accel
