// How long a program takes, by the cycle-exact model, without data.
#pragma once

#include <span>
#include <vector>

#include "vta/loop/stmt.h"
#include "vta/runtime/command_stream.h"
#include "vta/sim/bounds.h"
#include "vta/sim/timing.h"

namespace vta::codegen::accel {

struct Timed {
  isa::Program program;  // placed
  sim::Timing timing;
  sim::Bounds bounds;
  uint64_t macs = 0;  // of the GEMMs' micro-ops
};
// `buffer_bytes`: the size of each of the program's DRAM buffers, which lie one after another.
Timed time_of(const runtime::RelocatableProgram& program, std::span<const int64_t> buffer_bytes,
              const hw::Config& config);

// The sizes in bytes of a function's parameters.
std::vector<int64_t> parameter_bytes(const loop::Function& function);

}  // namespace vta::codegen::accel
