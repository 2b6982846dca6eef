// Pools on the accelerator: their expressions in the device layout, and the schedules that map them
// to scratchpads, virtual threads and intrinsics.
//
// An input reaches the accumulator through the GEMM array, multiplied by the unit matrix: the load
// unit brings the next tile meanwhile, which it cannot do for loads to the accumulator itself. The
// array also adds: an average costs one cycle for each tap, a maximum two and one for each input.
#pragma once

#include <cstdint>
#include <vector>

#include "vta/hw/config.h"
#include "vta/loop/stmt.h"

namespace vta::ops::accel {

// One spatial dimension of a window, in pixels; `pad` before the first. What is behind the last
// follows from the windows.
struct PoolAxis {
  int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, pad = 0;

  // Pixels from the first to the last that so many windows, and taps of each, cover.
  int64_t span(int64_t windows, int64_t taps) const {
    return (windows - 1) * stride + (taps - 1) * dilation + 1;
  }
  bool leaves_input() const { return pad > 0 || span(out, kernel) - pad > in; }
};

struct PoolShape {
  int64_t planes;  // batches * channel blocks, a block being the larger of block_in and block_out
  PoolAxis h, w;
  // Averages whose windows cover other numbers of pixels are requantised by other records, as the
  // border classes of a convolution (conv2d.h): where each class begins, the first at 0.
  std::vector<int64_t> row_classes = {0}, column_classes = {0};

  int64_t classes() const { return std::ssize(row_classes) * std::ssize(column_classes); }
};

// What one step of the computation works on.
struct PoolKnobs {
  int64_t planes = 1;  // of a tile; each knob from 1 to the shape's extent
  int64_t rows = 1;
  int64_t columns = 1;
  int64_t kernel_rows = 1;  // whose inputs are in the scratchpads at a time
  int64_t threads = 1;      // virtual threads,
  bool split_rows = false;  // each with tiles of its own: of rows, or of planes
  // Of an average: the first tap starts the sum, or a reset does. The first way saves a cycle for
  // each output, and needs a micro-op for each tap.
  bool first_overwrites = false;
};

// Parameters: y i8[planes, out_h, out_w, per_block, batch, block_out], x i8[planes, in_h, in_w,
// per_block, batch, block_in], the unit matrix [per_block, per_block, block_out, block_in] of
// weights (1 where output and input channel of a block are the same).
//
// y = the largest of x under each window, -128 where there is none.
loop::Function max_pool(const PoolShape& shape, const hw::Config& config);

// With records i32[classes, 3, batch, block_out] as the last parameter:
// y = requantise(sum of x under each window), where x is 0 outside the picture.
loop::Function average_pool(const PoolShape& shape, const hw::Config& config);

// The same, scheduled, for codegen::accel::generate. Throw Error where a knob is out of range.
loop::Function scheduled_max_pool(const PoolShape& shape, const PoolKnobs& knobs,
                                  const hw::Config& config);
loop::Function scheduled_average_pool(const PoolShape& shape, const PoolKnobs& knobs,
                                      const hw::Config& config);

}  // namespace vta::ops::accel
