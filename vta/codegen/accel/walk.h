// Partial evaluation: runs the loops of a function and leaves its tasks, in program order.
#pragma once

#include <vector>

#include "vta/codegen/accel/task.h"
#include "vta/hw/config.h"
#include "vta/loop/stmt.h"

namespace vta::codegen::accel {

// Blocks must be lowered. A loop of kind kVirtualThread becomes as many threads as iterations, each
// with its own copies of the buffers allocated within, whose tasks are interleaved in lockstep: all
// threads' next tasks for one unit, then for another. Throws Error as generate() does.
std::vector<Task> walk(const loop::Function& function, const hw::Config& config);

}  // namespace vta::codegen::accel
