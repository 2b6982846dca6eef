#include "vta/codegen/accel/sort_loads.h"

#include <algorithm>
#include <set>
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

  // The first that reads what `load` brings, SIZE_MAX where none does; what older loads brought is
  // not read any more before.
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

// Whether a parameter is both loaded and stored: then the order matters.
bool loads_what_it_stores(const std::vector<Task>& tasks) {
  std::set<int> loaded, stored;
  for (const Task& task : tasks) {
    if (const auto* t = std::get_if<Transfer>(&task)) {
      (unit_of(task) == isa::Unit::kStore ? stored : loaded).insert(t->dram.buffer);
    }
  }
  return std::ranges::any_of(stored, [&](int buffer) { return loaded.contains(buffer); });
}

}  // namespace

void sort_loads(std::vector<Task>& tasks, const hw::Config& config) {
  if (loads_what_it_stores(tasks)) return;
  struct Load {
    size_t needed;  // by the task of this index
    size_t place;   // in front of the task of this index
    Transfer transfer;
  };
  NextReads next(config);
  std::vector<Load> loads;
  for (size_t i = tasks.size(); i-- > 0;) {
    if (unit_of(tasks[i]) == isa::Unit::kLoad) {
      const auto& transfer = std::get<Transfer>(tasks[i]);
      const size_t needed = next.take(transfer);
      if (needed != SIZE_MAX) loads.push_back({needed, i, transfer});
    } else if (const auto* c = std::get_if<std::shared_ptr<const Compute>>(&tasks[i])) {
      next.add(**c, i);
    }
  }
  std::ranges::reverse(loads);
  std::ranges::stable_sort(loads, {}, &Load::needed);
  // In this order each comes where it was, or later where one before it does.
  for (size_t i = 1; i < loads.size(); ++i) {
    loads[i].place = std::max(loads[i].place, loads[i - 1].place);
  }
  std::vector<Task> sorted;
  sorted.reserve(tasks.size());
  auto load = loads.begin();
  for (size_t i = 0; i < tasks.size(); ++i) {
    for (; load != loads.end() && load->place <= i; ++load) sorted.emplace_back(load->transfer);
    if (unit_of(tasks[i]) != isa::Unit::kLoad) sorted.push_back(std::move(tasks[i]));
  }
  tasks = std::move(sorted);
}

}  // namespace vta::codegen::accel
