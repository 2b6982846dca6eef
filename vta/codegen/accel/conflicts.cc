#include "vta/codegen/accel/conflicts.h"

#include <algorithm>

namespace vta::codegen::accel {

namespace {

constexpr size_t kLoad = static_cast<size_t>(isa::Unit::kLoad);
constexpr size_t kCompute = static_cast<size_t>(isa::Unit::kCompute);
constexpr size_t kStore = static_cast<size_t>(isa::Unit::kStore);

}  // namespace

Conflicts::Conflicts(const std::vector<Task>& tasks, const hw::Config& config) : config_(config) {
  const auto make = [&](Shared& shared, hw::Memory memory) {
    shared.written.resize(static_cast<size_t>(config.depth(memory)));
    shared.read.resize(static_cast<size_t>(config.depth(memory)));
  };
  make(inp_, hw::Memory::kInp);
  make(wgt_, hw::Memory::kWgt);
  make(acc_, hw::Memory::kAcc);
  std::set<int> loaded, stored;
  for (const Task& task : tasks) {
    if (const auto* t = std::get_if<Transfer>(&task)) {
      (t->memory == isa::MemoryType::kOut ? stored : loaded).insert(t->dram.buffer);
    }
  }
  for (const int buffer : stored) {
    if (loaded.contains(buffer)) dram_[buffer];
  }
}

Clock Conflicts::add(const Task& task, uint32_t position) {
  Clock needed{};
  if (const auto* t = std::get_if<Transfer>(&task)) {
    add_transfer(*t, position + 1, needed);
  } else {
    add_compute(*std::get<std::shared_ptr<const Compute>>(task), position + 1, needed);
  }
  return needed;
}

void Conflicts::add_transfer(const Transfer& t, uint32_t now, Clock& needed) {
  const bool is_store = t.memory == isa::MemoryType::kOut;
  Shared& memory = t.memory == isa::MemoryType::kInp   ? inp_
                   : t.memory == isa::MemoryType::kWgt ? wgt_
                                                       : acc_;
  Table& other = is_store ? memory.written : memory.read;
  Table& own = is_store ? memory.read : memory.written;
  const auto unit = static_cast<size_t>(unit_of(Task(t)));
  uint32_t& need = needed[unit == kCompute ? kStore : kCompute];
  const auto first = static_cast<size_t>(t.sram), last = static_cast<size_t>(t.sram + t.elements());
  need = std::max(need, *std::max_element(other.begin() + static_cast<int64_t>(first),
                                          other.begin() + static_cast<int64_t>(last)));
  std::fill(own.begin() + static_cast<int64_t>(first), own.begin() + static_cast<int64_t>(last),
            now);
  add_dram(t, unit, now, needed);
}

void Conflicts::add_compute(const Compute& c, uint32_t now, Clock& needed) {
  const auto read = [&](const isa::EntrySet& entries, Shared& memory) {
    entries.for_each([&](uint64_t e) {
      needed[kLoad] = std::max(needed[kLoad], memory.written[e]);
      memory.read[e] = now;
    });
  };
  read(c.inp, inp_);
  read(c.wgt, wgt_);
  c.acc.for_each([&](uint64_t e) {
    needed[kStore] = std::max(needed[kStore], acc_.read[e]);
    acc_.written[e] = now;
  });
}

void Conflicts::add_dram(const Transfer& t, size_t unit, uint32_t now, Clock& needed) {
  const auto found = dram_.find(t.dram.buffer);
  if (found == dram_.end()) return;
  const int64_t bytes = config_.element_bytes(isa::dram_element(t.memory));
  for (int64_t row = 0; row < t.region.rows; ++row) {
    const int64_t begin = (t.dram.element + row * t.region.row_stride) * bytes;
    found->second.update(begin, begin + t.region.row_size * bytes, [&](auto& last) {
      auto& [read, written] = last;
      raise(needed, written);
      if (unit == kStore) raise(needed, read);
      (unit == kStore ? written : read)[unit] = now;
    });
  }
  needed[unit] = 0;  // a unit's own tasks run in order
}

}  // namespace vta::codegen::accel
