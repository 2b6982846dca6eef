// Loads in the order in which they are needed.
#pragma once

#include <vector>

#include "vta/codegen/accel/task.h"
#include "vta/hw/config.h"

namespace vta::codegen::accel {

// Tasks of the load unit that stand together, with no other unit's between them, are sorted by the
// compute task that first reads what they bring, so that it need not wait for what only later ones
// read. Where two of them write the same elements they all stay.
void sort_loads(std::vector<Task>& tasks, const hw::Config& config);

}  // namespace vta::codegen::accel
