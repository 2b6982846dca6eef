// What the float and the integer convolutions, plain and transposed, have in common: shapes, and
// the sums.
#pragma once

#include "vta/graph/ops/product.h"
#include "vta/graph/ops/window.h"

namespace vta::graph {

// The output's shape for x (N x C x spatial), w (O x C/group x kernel) and the node's strides,
// pads, dilations and group. Throws Error that says which of them do not fit.
Shape infer_convolution(const Node& node, const Shape& x, const Shape& w);

// The same of a transposed convolution: w is C x O/group x kernel.
Shape infer_transposed_convolution(const Node& node, const Shape& x, const Shape& w);

// The window of a conv_transpose; `out` is set. Throws Error that says which attribute does not
// fit.
Window transpose_window(const Node& node, const Shape& x, const Shape& w);

// A run of neighbouring output positions in one row.
struct RowSegment {
  int64_t column;  // in the tile
  int64_t z, y, x;
  int64_t length;
};
std::vector<RowSegment> row_segments(const Window& window, int64_t first, int64_t count);

// Columns first … first + count - 1 of the matrix whose product with the weights (O x depth, where
// depth counts channels x kernel positions) is the convolution of `image` (channels x in): for each
// output position the inputs under the kernel, less `zero`; 0 in the padding.
template <typename T>
void fill_columns(const T* image, int64_t channels, double zero, const Window& window,
                  int64_t first, int64_t count, double* tile) {
  const std::vector<RowSegment> segments = row_segments(window, first, count);
  const auto& [in, out, kernel, stride, dilation, pad, pad_end] = window;
  double* row = tile;
  for (int64_t c = 0; c < channels; ++c, image += volume(in)) {
    for (int64_t k = 0; k < volume(kernel); ++k, row += kTileColumns) {
      const int64_t offset_x = k % kernel[2] * dilation[2] - pad[2];
      const int64_t offset_y = k / kernel[2] % kernel[1] * dilation[1] - pad[1];
      const int64_t offset_z = k / kernel[2] / kernel[1] * dilation[0] - pad[0];
      const Range inside = positions_inside(offset_x, stride[2], in[2], out[2]);
      for (const RowSegment& segment : segments) {
        double* to = row + segment.column;
        const int64_t z = segment.z * stride[0] + offset_z;
        const int64_t y = segment.y * stride[1] + offset_y;
        if (z < 0 || z >= in[0] || y < 0 || y >= in[1]) {
          std::fill(to, to + segment.length, 0.0);
          continue;
        }
        const T* from = image + (z * in[1] + y) * in[2];
        const int64_t begin = std::clamp<int64_t>(inside.begin - segment.x, 0, segment.length);
        const int64_t end = std::clamp<int64_t>(inside.end - segment.x, begin, segment.length);
        const int64_t shift = segment.x * stride[2] + offset_x;
        std::fill(to, to + begin, 0.0);
        for (int64_t i = begin; i < end; ++i) to[i] = from[i * stride[2] + shift] - zero;
        std::fill(to + end, to + segment.length, 0.0);
      }
    }
  }
}

// Convolves x, less `zero`, with w, less `w_zero`, both of element type T. For each image, output
// channel and run of output positions (row-major over the spatial dimensions) calls emit(image,
// channel, first position, sums).
template <typename T, typename Emit>
void convolve(const Node& node, const Tensor& x, double zero, const Tensor& w, double w_zero,
              Emit emit) {
  Window window = make_window(node, x.shape(), std::span(w.shape()).subspan(2));
  set_output(window, false);
  const int64_t groups = node.int_attr("group");
  const int64_t channels = w.shape()[1], rows = w.shape()[0] / groups;
  const int64_t depth = channels * volume(window.kernel);
  std::vector<double> weights(w.as<T>().begin(), w.as<T>().end());
  for (double& value : weights) value -= w_zero;
  for (int64_t i = 0; i < x.shape()[0] * groups; ++i) {  // images of one group's channels
    const int64_t image = i / groups, group = i % groups;
    const T* input = x.as<T>().data() + i * channels * volume(window.in);
    multiply_by_tiles(
        std::span(weights).subspan(group * rows * depth, rows * depth), rows, depth,
        volume(window.out),
        [&](int64_t first, int64_t count, double* tile) {
          fill_columns(input, channels, zero, window, first, count, tile);
        },
        [&](int64_t first, int64_t count, const double* sums) {
          for (int64_t r = 0; r < rows; ++r) {
            emit(image, group * rows + r, first,
                 std::span(sums + r * kTileColumns, static_cast<size_t>(count)));
          }
        });
  }
}

// Adds to `sums` (out) the map of one input channel `x` (in), less `zero`, through one kernel.
template <typename T>
void add_transposed(const Window& window, const T* x, double zero, const double* kernel_values,
                    std::span<double> sums) {
  const auto& [in, out, kernel, stride, dilation, pad, pad_end] = window;
  for (int64_t k = 0; k < volume(kernel); ++k) {
    const double factor = kernel_values[k];
    const int64_t offset_x = k % kernel[2] * dilation[2] - pad[2];
    const int64_t offset_y = k / kernel[2] % kernel[1] * dilation[1] - pad[1];
    const int64_t offset_z = k / kernel[2] / kernel[1] * dilation[0] - pad[0];
    const Range xs = positions_inside(offset_x, stride[2], out[2], in[2]);
    const Range ys = positions_inside(offset_y, stride[1], out[1], in[1]);
    const Range zs = positions_inside(offset_z, stride[0], out[0], in[0]);
    for (int64_t z = zs.begin; z < zs.end; ++z) {
      for (int64_t y = ys.begin; y < ys.end; ++y) {
        const T* from = x + (z * in[1] + y) * in[2];
        double* to =
            sums.data() + ((z * stride[0] + offset_z) * out[1] + y * stride[1] + offset_y) * out[2];
        for (int64_t i = xs.begin; i < xs.end; ++i) {
          to[i * stride[2] + offset_x] += factor * (from[i] - zero);
        }
      }
    }
  }
}

// The transposed convolution of x, less `zero`, with w, less `w_zero`, both of element type T. For
// each image and output channel calls emit(image, channel, sums of all output positions).
template <typename T, typename Emit>
void convolve_transposed(const Node& node, const Tensor& x, double zero, const Tensor& w,
                         double w_zero, Emit emit) {
  const Window window = transpose_window(node, x.shape(), w.shape());
  const int64_t groups = node.int_attr("group");
  const int64_t in_channels = x.shape()[1] / groups, out_channels = w.shape()[1];
  std::vector<double> weights(w.as<T>().begin(), w.as<T>().end());
  for (double& value : weights) value -= w_zero;
  std::vector<double> sums(static_cast<size_t>(volume(window.out)));
  for (int64_t i = 0; i < x.shape()[0] * groups * out_channels; ++i) {  // planes of the output
    const int64_t image_group = i / out_channels, group = image_group % groups;
    const int64_t o = i % out_channels;
    std::ranges::fill(sums, 0.0);
    for (int64_t c = 0; c < in_channels; ++c) {
      const int64_t kernel = (group * in_channels + c) * out_channels + o;
      add_transposed(window, x.as<T>().data() + (image_group * in_channels + c) * volume(window.in),
                     zero, weights.data() + kernel * volume(window.kernel), sums);
    }
    emit(image_group / groups, group * out_channels + o, sums);
  }
}

}  // namespace vta::graph
