// How many cycles a scheduled convolution, plain or transposed, takes, without generating it: what
// the default knobs come from.
#pragma once

#include <optional>

#include "vta/hw/config.h"
#include "vta/ops/accel/conv2d.h"
#include "vta/ops/accel/conv2d_transpose.h"

namespace vta::ops::accel {

// What the model knows of a convolution. Knobs count rows and columns in steps, of `outputs` output
// pixels each; a step has `taps` products with each input channel in all.
struct Conv2dWork {
  Conv2dWork(const Conv2dShape& shape);           // NOLINT: a shape is used as its work
  Conv2dWork(const Conv2dTransposeShape& shape);  // NOLINT

  // By depthwise_conv2d.
  static Conv2dWork depthwise(const Conv2dShape& shape, const hw::Config& config);

  int64_t batches, groups, in_blocks, in_h, in_w, out_blocks;
  int64_t rows, columns;       // steps
  int64_t outputs;             // 1, or the phases of a transposed convolution
  int64_t taps;                // of the kernel
  int64_t stride_h, stride_w;  // from one step's inputs to the next one's
  int64_t reach_h, reach_w;    // inputs that one step reads
  int64_t row_classes, column_classes;
  int64_t elements = 1;  // of inputs that a product takes
};

// Nothing where the tiles do not fit the scratchpads or the micro-op buffer. The estimate adds up
// the reduction's steps, each as long as its multiplications or the loads of the step after, what
// requantising takes, the loads before the first step and the store after the last.
std::optional<double> estimated_cycles(const Conv2dWork& work, const Conv2dKnobs& knobs,
                                       const hw::Config& config);

// Those of the least estimate. Throws DoesNotFit where no tile fits.
Conv2dKnobs default_knobs(const Conv2dWork& work, const hw::Config& config);

}  // namespace vta::ops::accel
