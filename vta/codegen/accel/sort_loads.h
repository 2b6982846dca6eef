// Loads in the order in which they are needed.
#pragma once

#include <vector>

#include "vta/codegen/accel/task.h"
#include "vta/hw/config.h"

namespace vta::codegen::accel {

// Sorts the load unit's tasks by the compute task that first reads what they bring, so that none
// waits behind another that only a later one needs. They only move towards the end, and never
// behind that compute task: in this order no load waits for a task that needs a later load. What
// nothing reads is not loaded.
void sort_loads(std::vector<Task>& tasks, const hw::Config& config);

}  // namespace vta::codegen::accel
