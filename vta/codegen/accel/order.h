// Dependence tokens: the fewest that order every two tasks of different units of which one writes
// what the other reads or writes.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "vta/codegen/accel/conflicts.h"
#include "vta/codegen/accel/task.h"
#include "vta/hw/config.h"

namespace vta::codegen::accel {

// A task between its tokens. Without a task it only carries tokens through the compute unit.
struct Step {
  std::optional<size_t> task = {};  // index
  isa::Unit unit = isa::Unit::kCompute;
  std::array<bool, kUnits> pops{};    // by the unit that gives the token
  std::array<bool, kUnits> pushes{};  // by the unit that takes it
};

// The tasks in their order with tokens. No token queue can hold more than config.token_queue_depth
// of them.
std::vector<Step> order(const std::vector<Task>& tasks, const hw::Config& config);

}  // namespace vta::codegen::accel
