// Taps of a window as channels: a tensor of few channels, which would leave most of a block empty,
// as the convolution of it by a smaller kernel reads it. Blocks are full then, and the folded axes
// need neither padding nor stride.
#pragma once

#include <cstdint>

#include "vta/base/tensor.h"

namespace vta::module {

// Position v of tap k is v * stride + k * dilation - pad of the tensor.
struct FoldedAxis {
  int kernel = 1;  // taps, from 1 to 255, as are stride and dilation
  int stride = 1;
  int dilation = 1;
  int pad = 0;  // positions before the first, from 0 to 255
  int out = 1;  // positions, from 1 to those of the tensor + 510
  bool operator==(const FoldedAxis&) const = default;
};

// x [N, C, H, W] becomes y [N, rows.kernel * columns.kernel * C, rows.out, columns.out]:
//   y[n, (j * columns.kernel + k) * C + c, u, v] = x[n, c, row u of tap j, column v of tap k],
// or `outside` beyond x. An axis of one tap that is as long as the tensor's stays as it is.
struct WindowFold {
  FoldedAxis rows;
  FoldedAxis columns;
  int outside = 0;  // i8
  bool operator==(const WindowFold&) const = default;
};

// Throws Error, which says what would be right, for a shape of other than 4 dimensions and for
// numbers out of range.
Shape folded_shape(const Shape& x, const WindowFold& fold);

// Of an i8 tensor. Throws Error as folded_shape, and for another element type.
Tensor fold_windows(const Tensor& x, const WindowFold& fold);

}  // namespace vta::module
