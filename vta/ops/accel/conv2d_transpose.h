// A transposed convolution on the accelerator: its expression in the device layout, and the
// schedule that maps it to scratchpads, virtual threads and intrinsics.
//
// Output rows that are equal modulo the stride form a phase, and so do columns. A phase is an
// ordinary convolution of the input with every stride-th tap of the kernel, so no zero between
// input pixels is ever multiplied. The phases of a tile interleave in the accumulator: each is a
// GEMM instruction that steps over the others' pixels, and rows are stored whole.
#pragma once

#include "vta/ops/accel/conv2d.h"

namespace vta::ops::accel {

// begin, begin + step, … before end: of output rows or columns, those of one class (conv2d.h).
struct Progression {
  int64_t begin, end, step;
  bool operator==(const Progression&) const = default;
};

// As Conv2dShape. Tap (kh, kw) of input pixel (y, x) goes to output pixel
// (y * stride_h - pad_top + kh, x * stride_w - pad_left + kw).
struct Conv2dTransposeShape {
  int64_t batches = 1;
  int64_t groups = 1;
  int64_t in_blocks, in_h, in_w;
  int64_t out_blocks, out_h, out_w;
  int64_t kernel_h, kernel_w;
  int64_t stride_h = 1, stride_w = 1;
  int64_t pad_top = 0, pad_left = 0;
  bool pad_min = false;
  std::vector<Progression> row_classes, column_classes;  // none: all are one class

  int64_t classes() const {
    return row_classes.empty() ? 1 : std::ssize(row_classes) * std::ssize(column_classes);
  }
  // Taps of the phase that has most.
  int64_t taps_h() const { return (kernel_h + stride_h - 1) / stride_h; }
  int64_t taps_w() const { return (kernel_w + stride_w - 1) / stride_w; }
  // Input rows and columns that so many output rows and columns, which begin at a multiple of the
  // stride, read; those of the first ones begin so far before the input.
  int64_t before_h() const { return taps_h() - 1 - pad_top / stride_h; }
  int64_t before_w() const { return taps_w() - 1 - pad_left / stride_w; }
  int64_t span_h(int64_t rows) const {
    return (rows - 1 + pad_top % stride_h) / stride_h + taps_h();
  }
  int64_t span_w(int64_t columns) const {
    return (columns - 1 + pad_left % stride_w) / stride_w + taps_w();
  }
  // Whether any output reads any input: where pads cut off all of it, there is nothing to schedule.
  bool reads_input() const {
    return before_h() > -in_h && before_w() > -in_w && span_h(out_h) > before_h() &&
           span_w(out_w) > before_w();
  }
};

// Parameters: input i8, weights [groups][out elements][in elements][kernel_h][kernel_w][block_out]
// [block_in], requantise records i32 [groups][out elements][classes][3][batch][block_out], those of
// a row class together; output i8. The shape must read some input.
loop::Function conv2d_transpose(const Conv2dTransposeShape& shape, const hw::Config& config);

// The same, scheduled, for codegen::accel::generate. The knobs' rows and columns are of strides: a
// tile has rows * stride_h output rows. Throws Error where a knob is out of range.
loop::Function scheduled_conv2d_transpose(const Conv2dTransposeShape& shape,
                                          const Conv2dKnobs& knobs, const hw::Config& config);

}  // namespace vta::ops::accel
