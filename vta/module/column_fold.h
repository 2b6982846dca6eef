// Kernel columns as channels: a tensor of few channels, which would leave most of a block empty, as
// the convolution of it by kernels of one column reads it. Blocks are full then, and its columns
// need neither padding nor stride.
#pragma once

#include <cstdint>

#include "vta/base/tensor.h"

namespace vta::module {

// x [N, C, H, W] becomes y [N, kernel * C, H, out]:
//   y[n, k * C + c, h, v] = x[n, c, h, v * stride + k * dilation - pad], or `outside` beyond x.
struct ColumnFold {
  int kernel = 1;  // columns, from 1 to 255, as are stride and dilation
  int stride = 1;
  int dilation = 1;
  int pad = 0;  // columns before the first, from 0 to 255
  int out = 1;  // columns of the output, from 1 to W + 510
  int outside = 0;
  bool operator==(const ColumnFold&) const = default;
};

// Throws Error, which says what would be right, for a shape of other than 4 dimensions and for
// numbers out of range.
Shape folded_shape(const Shape& x, const ColumnFold& fold);

// Of an i8 tensor. Throws Error as folded_shape, and for another element type.
Tensor fold_columns(const Tensor& x, const ColumnFold& fold);

}  // namespace vta::module
