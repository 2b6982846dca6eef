// A depthwise convolution on the accelerator by DEPTHWISE: a micro-op convolves all channels of a
// block with as many neighbouring pixels as the configuration has taps, where GEMM, with diagonal
// weights, would take a micro-op for each.
#pragma once

#include "vta/ops/accel/conv2d.h"

namespace vta::ops::accel {

// The columns of a kernel in runs of the hardware's taps, which overlap where the width is no
// multiple: run r begins at r * step, and its first taps up to the end of run r - 1 have weight 0.
struct TapRuns {
  int64_t count = 0;  // 0: the hardware cannot run such a kernel
  int64_t step = 0;
};
TapRuns tap_runs(const Conv2dShape& shape, const hw::Config& config);

// Parameters: those of conv2d, but weights are [groups][kernel_h][runs][block_out][block_in], of
// which the first depthwise_taps columns count. The shape has in_blocks and out_blocks 1, and
// tap_runs of it. What it computes: output = requantise(sum over rows, runs and taps of input *
// weight), channel by channel.
loop::Function depthwise_conv2d(const Conv2dShape& shape, const hw::Config& config);

// The same, scheduled, for codegen::accel::generate. Throws Error where a knob is out of range.
// Knobs of blocks must be 1.
loop::Function scheduled_depthwise_conv2d(const Conv2dShape& shape, const Conv2dKnobs& knobs,
                                          const hw::Config& config);

}  // namespace vta::ops::accel
