// The sum of two tensors, each times an integer, on the accelerator's GEMM array: what a residual
// connection comes to when the ratio of the operands' scales is one of small integers.
//
// The array multiplies by diagonal weights and adds at once: two cycles for each output and one to
// requantise it, and the load unit brings the next operands meanwhile.
#pragma once

#include <cstdint>

#include "vta/hw/config.h"
#include "vta/loop/stmt.h"

namespace vta::ops::accel {

struct WeightedAddKnobs {
  int64_t pixels = 1;   // of a tile, from 1 to all
  int64_t threads = 1;  // virtual threads, each with tiles of its own
  bool operator==(const WeightedAddKnobs&) const = default;
};

// The largest tiles that leave each thread's scratchpads to it and every thread with several of
// them, of `pixels` pixels of a block of channels. Throws DoesNotFit.
WeightedAddKnobs default_weighted_add_knobs(int64_t pixels, const hw::Config& config);

// y = requantise(a * wa + b * wb). Parameters: y i8[pixels, per_block, batch, block_out]; a and b,
// each i8[pixels, per_block, batch, block_in]; their weights [per_block, per_block, block_out,
// block_in], diagonal; the record i32[1, 3, batch, block_out].
loop::Function weighted_add(int64_t pixels, const hw::Config& config);

// The same, scheduled, for codegen::accel::generate.
loop::Function scheduled_weighted_add(int64_t pixels, const WeightedAddKnobs& knobs,
                                      const hw::Config& config);

}  // namespace vta::ops::accel
