// The geometry of windows that slide over the spatial dimensions: convolutions and pools.
//
// All kernels are written for three spatial dimensions (depth, height, width); with fewer, the
// leading ones have size 1.
#pragma once

#include <array>

#include "vta/graph/op.h"

namespace vta::graph {

struct Window {
  using Dims = std::array<int64_t, 3>;
  Dims in{1, 1, 1};
  Dims out{1, 1, 1};
  Dims kernel{1, 1, 1};
  Dims stride{1, 1, 1};
  Dims dilation{1, 1, 1};
  Dims pad_begin{};
  Dims pad_end{};
};

int64_t volume(const Window::Dims& dims);

// For OpDef::complete: strides and dilations of 1, pads and output_padding of 0, for each spatial
// dimension of the first input, where the operator has these attributes and the node gives none.
void complete_window_attributes(Node& node, std::span<const InferInput> inputs);

// The window of a node with attributes strides, pads (all begins, then all ends) and dilations over
// an input of shape `x` (N x C x spatial) with the kernel's spatial sizes; `out` is left unset.
// Throws Error unless there are 1 to 3 spatial dimensions and each list has the right length and
// range.
Window make_window(const Node& node, const Shape& x, std::span<const int64_t> kernel);

// Sets `out` to ONNX's output size: floor((in + pads - extent) / stride) + 1, or with `ceil`
// rounded up, less a last window that would begin beyond the input and its leading padding. Throws
// Error when the kernel's extent is larger than the padded input.
void set_output(Window& window, bool ceil);

// batch x channels x the `rank` spatial dimensions of the output.
Shape output_shape(const Window& window, int64_t batch, int64_t channels, size_t rank);

// The i in [0, count) with 0 <= i * stride + offset < size: `begin` to before `end`.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;
};
Range positions_inside(int64_t offset, int64_t stride, int64_t size, int64_t count);

}  // namespace vta::graph
