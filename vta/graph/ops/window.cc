#include "vta/graph/ops/window.h"

#include <algorithm>

namespace vta::graph {
namespace {

// Keep every product of sizes, also of three kernel sizes, far from overflow.
constexpr int64_t kLargestSize = int64_t{1} << 31;
constexpr int64_t kLargestStep = int64_t{1} << 20;

void fill_empty(Node& node, const std::string& key, size_t count, int64_t value) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return;
  auto& list = std::get<std::vector<int64_t>>(found->second);
  if (list.empty()) list.assign(count, value);
}

void check_list(std::string_view key, std::span<const int64_t> list, size_t count, int64_t min,
                int64_t max) {
  require(list.size() == count, "{} must have {} values, got {}", key, count, list.size());
  for (const int64_t value : list) {
    require(value >= min && value <= max, "{} must be in [{}, {}], got {}", key, min, max, value);
  }
}

int64_t divide_up(int64_t a, int64_t b) {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

}  // namespace

int64_t volume(const Window::Dims& dims) {
  return dims[0] * dims[1] * dims[2];
}

void complete_window_attributes(Node& node, std::span<const InferInput> inputs) {
  const size_t rank = inputs[0].type.shape.size();
  if (rank < 3) return;
  fill_empty(node, "strides", rank - 2, 1);
  fill_empty(node, "dilations", rank - 2, 1);
  fill_empty(node, "pads", 2 * (rank - 2), 0);
  fill_empty(node, "output_padding", rank - 2, 0);
}

Window make_window(const Node& node, const Shape& x, std::span<const int64_t> kernel) {
  require(x.size() >= 3 && x.size() <= 5,
          "x must be N x C x 1 to 3 spatial dimensions, got shape {}", to_string(x));
  const size_t rank = x.size() - 2;
  const auto& strides = node.ints_attr("strides");
  const auto& dilations = node.ints_attr("dilations");
  const auto& pads = node.ints_attr("pads");
  check_list("the kernel's shape", kernel, rank, 1, kLargestStep);
  check_list("strides", strides, rank, 1, kLargestStep);
  check_list("dilations", dilations, rank, 1, kLargestStep);
  check_list("pads", pads, 2 * rank, 0, kLargestStep);
  check_list("the spatial shape of x", std::span(x).subspan(2), rank, 0, kLargestSize);
  Window window;
  for (size_t i = 0; i < rank; ++i) {
    const size_t axis = 3 - rank + i;
    window.in[axis] = x[2 + i];
    window.kernel[axis] = kernel[i];
    window.stride[axis] = strides[i];
    window.dilation[axis] = dilations[i];
    window.pad_begin[axis] = pads[i];
    window.pad_end[axis] = pads[rank + i];
  }
  return window;
}

void set_output(Window& window, bool ceil) {
  for (size_t i = 0; i < 3; ++i) {
    const int64_t padded = window.in[i] + window.pad_begin[i] + window.pad_end[i];
    const int64_t extent = (window.kernel[i] - 1) * window.dilation[i] + 1;
    require(extent <= padded, "the kernel extends over {} positions, but the padded input has {}",
            extent, padded);
    const int64_t slack = padded - extent;
    window.out[i] = (ceil ? divide_up(slack, window.stride[i]) : slack / window.stride[i]) + 1;
    const int64_t last = (window.out[i] - 1) * window.stride[i];
    if (ceil && window.out[i] > 1 && last >= window.in[i] + window.pad_begin[i]) --window.out[i];
  }
}

Shape output_shape(const Window& window, int64_t batch, int64_t channels, size_t rank) {
  Shape shape{batch, channels};
  shape.insert(shape.end(), window.out.end() - static_cast<int64_t>(rank), window.out.end());
  return shape;
}

Range positions_inside(int64_t offset, int64_t stride, int64_t size, int64_t count) {
  const int64_t begin = std::clamp<int64_t>(divide_up(-offset, stride), 0, count);
  const int64_t end = std::clamp<int64_t>(divide_up(size - offset, stride), begin, count);
  return {begin, end};
}

}  // namespace vta::graph
