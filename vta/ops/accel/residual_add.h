// The sum of two tensors of different scales on the accelerator's vector ALU: its expression over
// the device's elements, and the schedule that runs it.
#pragma once

#include <cstdint>

#include "vta/hw/config.h"
#include "vta/loop/stmt.h"

namespace vta::ops::accel {

struct ResidualAddKnobs {
  int64_t length = 1;   // elements of one run: they are loaded, added and stored together
  int64_t threads = 1;  // virtual threads, each with a run of its own
  bool operator==(const ResidualAddKnobs&) const = default;
};

// The knobs that fill the accumulator for a tensor of so many elements, with two threads where
// there is more than one run. Throws Error where the accumulator holds no run.
ResidualAddKnobs default_knobs(int64_t elements, const hw::Config& config);

// y = requantise(scaled(a) + scaled(b), ry), where scaled(a) is requantise(a << left_shift, ra).
// Parameters: y, a, b, each i8[elements, batch, block_out]; the records ra, rb, ry, each i32[1, 3,
// batch, block_out].
loop::Function residual_add(int64_t elements, int64_t left_shift, const hw::Config& config);

// The same, scheduled, for codegen::accel::generate.
loop::Function scheduled_residual_add(int64_t elements, int64_t left_shift,
                                      const ResidualAddKnobs& knobs, const hw::Config& config);

}  // namespace vta::ops::accel
