// Windows that slide over the spatial dimensions, as expressions: what convolutions and pools
// share.
#pragma once

#include "vta/graph/ops/window.h"
#include "vta/ops/arithmetic.h"

namespace vta::ops {

// One spatial dimension of a window.
struct Slide {
  int64_t in, out, kernel, stride, dilation, pad_begin, pad_end;
};
// Those of a tensor with this many spatial dimensions.
std::vector<Slide> slides(const graph::Window& window, size_t spatial_dimensions);

// A reduction axis for each spatial dimension of the kernel: kh, kw for two.
std::vector<te::Axis> kernel_axes(const std::vector<Slide>& slides);

// x[N, C, …] with positions of `fill` around its spatial dimensions, before and behind each; x
// itself where there are none.
Tensor padded(const Tensor& x, const std::vector<int64_t>& before,
              const std::vector<int64_t>& behind, const Expr& fill, std::string name);

// The same with as many positions as the windows reach over the edges. Position p of x becomes
// p + pad_begin.
Tensor padded(const Tensor& x, const std::vector<Slide>& slides, const Expr& fill,
              std::string name);

// The padded input's position under element k of the kernel when the window is at output `at`.
inline Expr position(const Slide& s, const Expr& at, const Expr& k) {
  const Expr start = s.stride == 1 ? at : at * s.stride;
  return start + (s.dilation == 1 ? k : k * s.dilation);
}

// How many elements of the kernel lie over the input, in one dimension, at output `at`.
Expr covered(const Slide& s, const Expr& at);
// The same with the padding, but not what lies beyond it, counted as input.
Expr covered_with_padding(const Slide& s, const Expr& at);

}  // namespace vta::ops
