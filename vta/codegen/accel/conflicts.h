// Which tasks of other units a task must wait for: the last ones that touched what it touches, of
// which one writes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "vta/codegen/accel/byte_map.h"
#include "vta/codegen/accel/task.h"
#include "vta/hw/config.h"

namespace vta::codegen::accel {

inline constexpr size_t kUnits = 3;

// Of each unit, a number of its tasks, counted from its first one on.
using Clock = std::array<uint32_t, kUnits>;

inline void raise(Clock& clock, const Clock& other) {
  for (size_t u = 0; u < kUnits; ++u) clock[u] = std::max(clock[u], other[u]);
}

// Scratchpads are tables by element, so that nothing but the last accesses is kept; DRAM is looked
// at where a parameter is both loaded and stored.
class Conflicts {
 public:
  Conflicts(const std::vector<Task>& tasks, const hw::Config& config);

  // How many tasks of each other unit must be done before this task begins. `position`: how many
  // of its own unit's came before it. Tasks are to be added in program order.
  Clock add(const Task& task, uint32_t position);

 private:
  using Table = std::vector<uint32_t>;  // by element, the last task of a unit, counted from 1
  // Of one memory between two units: the last that wrote, the last that read, each element.
  struct Shared {
    Table written, read;
  };
  using Bytes = ByteMap<std::pair<Clock, Clock>>;  // the last that read, that wrote

  void add_transfer(const Transfer& t, uint32_t now, Clock& needed);
  void add_compute(const Compute& c, uint32_t now, Clock& needed);
  void add_dram(const Transfer& t, size_t unit, uint32_t now, Clock& needed);

  hw::Config config_;
  Shared inp_, wgt_;           // load writes, compute reads
  Shared acc_;                 // compute writes, store reads
  std::map<int, Bytes> dram_;  // of the parameters that are both loaded and stored
};

}  // namespace vta::codegen::accel
