// Moving elements on the accelerator: concatenation of channel blocks, nearest-neighbour resize by
// whole factors, or both. Elements pass the GEMM array by the unit matrix, which repeats them.
#pragma once

#include <cstdint>
#include <vector>

#include "vta/hw/config.h"
#include "vta/loop/stmt.h"

namespace vta::ops::accel {

// A channel block is the larger of block_in and block_out.
struct MovementShape {
  int64_t batches = 1;
  std::vector<int64_t> blocks;         // of channels, of each input
  int64_t h = 1, w = 1;                // pixels of an input,
  int64_t repeat_h = 1, repeat_w = 1;  // each of which becomes so many
};

// What is moved at a time; of an input that has fewer blocks, all of them.
struct MovementKnobs {
  int64_t blocks = 1;  // from 1 to the largest input's
  int64_t rows = 1;    // of an input, from 1 to h
  int64_t columns = 1;
  int64_t threads = 1;      // virtual threads,
  bool split_rows = false;  // each with tiles of its own: of rows, or of blocks
};

// Parameters: y i8[batches, sum of blocks, h, repeat_h, w, repeat_w, per_block, batch, block_out];
// inputs x0, x1, … i8[batches, blocks, h, w, per_block, batch, block_in]; the unit matrix of
// weights [per_block, per_block, block_out, block_in] (pool.h).
loop::Function movement(const MovementShape& shape, const hw::Config& config);

// The same, scheduled, for codegen::accel::generate. Throws Error where a knob is out of range.
loop::Function scheduled_movement(const MovementShape& shape, const MovementKnobs& knobs,
                                  const hw::Config& config);

// Those of the least estimate of cycles: a tile takes as long as its loads and its store or the
// GEMM array do. Throws DoesNotFit where no tile fits.
MovementKnobs default_knobs(const MovementShape& shape, const hw::Config& config);

}  // namespace vta::ops::accel
