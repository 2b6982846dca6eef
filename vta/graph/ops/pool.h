// What the float and the integer pools have in common.
#pragma once

#include <algorithm>

#include "vta/graph/ops/window.h"

namespace vta::graph {

// The attributes of max_pool; those of average_pool are these and count_include_pad.
std::vector<AttributeDef> pool_attributes();

// The window of a pool over an input of shape `x`, with its output size. Throws Error as
// make_window.
Window pool_window(const Node& node, const Shape& x);
// The window that covers all spatial dimensions of `x`.
Window global_window(const Shape& x);

// The largest value under each window; the type's lowest value (for floats minus infinity) where
// the window sees only padding.
Tensor max_pool(const Window& window, const Tensor& x);

// The positions of the kernel, by axis, that lie over the input when the kernel is at output z, y,
// x.
std::array<Range, 3> positions_over_input(const Window& window, const Window::Dims& position);
// Their number; with the padding, but not what lies beyond it, also counted.
int64_t count_with_padding(const Window& window, const Window::Dims& position);

// Calls visit(position) for each output position of a plane, in row-major order.
template <typename Visit>
void for_each_window(const Window& window, Visit visit) {
  Window::Dims at;
  for (at[0] = 0; at[0] < window.out[0]; ++at[0]) {
    for (at[1] = 0; at[1] < window.out[1]; ++at[1]) {
      for (at[2] = 0; at[2] < window.out[2]; ++at[2]) visit(at);
    }
  }
}

// Calls visit(value) for each input of `plane` that the kernel at output `position` covers.
template <typename T, typename Visit>
void for_each_covered(const Window& window, const T* plane, const Window::Dims& position,
                      Visit visit) {
  const auto [zs, ys, xs] = positions_over_input(window, position);
  const auto input = [&](size_t axis, int64_t k) {
    return position[axis] * window.stride[axis] - window.pad_begin[axis] +
           k * window.dilation[axis];
  };
  for (int64_t z = zs.begin; z < zs.end; ++z) {
    for (int64_t y = ys.begin; y < ys.end; ++y) {
      const T* row = plane + (input(0, z) * window.in[1] + input(1, y)) * window.in[2];
      for (int64_t x = xs.begin; x < xs.end; ++x) visit(row[input(2, x)]);
    }
  }
}

// Sums of x, less `zero`, under each window of each plane of a tensor. Calls emit(output index,
// sum, divisor); the divisor counts the positions over the input, or with `count_include_pad` also
// those over padding, and is at least 1.
template <typename T, typename Emit>
void sum_windows(const Window& window, bool count_include_pad, std::span<const T> x, double zero,
                 Emit emit) {
  size_t output = 0;
  for (int64_t first = 0; first < std::ssize(x); first += volume(window.in)) {
    for_each_window(window, [&](const Window::Dims& position) {
      double sum = 0;
      int64_t count = 0;
      for_each_covered(window, x.data() + first, position, [&](T value) {
        sum += value - zero;
        ++count;
      });
      if (count_include_pad) count = count_with_padding(window, position);
      emit(output++, sum, std::max<int64_t>(count, 1));
    });
  }
}

}  // namespace vta::graph
