// Convolutions over 1 to 3 spatial dimensions.
//
// conv(x[N,C,…], w[O,C/group,…], bias[O]?) f32: attributes strides, dilations, pads, group;
//   y[n,o,p] = bias[o] + sum over c, k of x[n,c, p * stride - pad + k * dilation] * w[o,c,k],
//   where positions outside of x count as 0.
// conv_transpose(x[N,C,…], w[C,O/group,…], bias[O]?) f32: also output_padding; the transpose of
// that
//   map: y[n,o, i * stride - pad + k * dilation] += x[n,c,i] * w[c,o,k]; the output's size is
//   (in - 1) * stride + (kernel - 1) * dilation + 1 + output_padding - pads.
//
// `pads` is explicit: all begins, then all ends. The kernel's shape is that of w. Sums are in
// double.
#include "vta/graph/ops/convolve.h"
#include "vta/graph/ops/families.h"

namespace vta::graph {

Shape infer_convolution(const Node& node, const Shape& x, const Shape& w) {
  require(w.size() == x.size() && w.size() >= 3, "x of shape {} and w of shape {} differ in rank",
          to_string(x), to_string(w));
  Window window = make_window(node, x, std::span(w).subspan(2));
  set_output(window, false);
  const int64_t groups = node.int_attr("group");
  require(groups >= 1 && x[1] % groups == 0 && w[0] % groups == 0,
          "group must be 1 or more and divide the {} input and {} output channels, got {}", x[1],
          w[0], groups);
  require(w[1] == x[1] / groups, "w must have {} input channels in each group, got {}",
          x[1] / groups, w[1]);
  return output_shape(window, x[0], w[0], x.size() - 2);
}

std::vector<RowSegment> row_segments(const Window& window, int64_t first, int64_t count) {
  std::vector<RowSegment> segments;
  const int64_t height = window.out[1], width = window.out[2];
  for (int64_t t = 0; t < count; t += segments.back().length) {
    const int64_t x = (first + t) % width, row = (first + t) / width;
    segments.push_back({t, row / height, row % height, x, std::min(width - x, count - t)});
  }
  return segments;
}

Shape infer_transposed_convolution(const Node& node, const Shape& x, const Shape& w) {
  require(w.size() == x.size() && w.size() >= 3, "x of shape {} and w of shape {} differ in rank",
          to_string(x), to_string(w));
  const Window window = transpose_window(node, x, w);
  const int64_t groups = node.int_attr("group");
  require(groups >= 1 && x[1] % groups == 0,
          "group must be 1 or more and divide the {} input channels, got {}", x[1], groups);
  require(w[0] == x[1], "w must have {} input channels, got {}", x[1], w[0]);
  require(groups < (int64_t{1} << 31) && w[1] < (int64_t{1} << 31),
          "w has {} output channels in each of {} groups", w[1], groups);
  return output_shape(window, x[0], w[1] * groups, x.size() - 2);
}

namespace {

void check_float_inputs(std::span<const InferInput> inputs, int64_t channels) {
  require(inputs[0].type.dtype == DType::kFloat32 && inputs[1].type.dtype == DType::kFloat32,
          "x and w must be f32, got {} and {}", to_string(inputs[0].type),
          to_string(inputs[1].type));
  if (inputs.size() < 3 || !inputs[2].present) return;
  const TensorType expected{DType::kFloat32, {channels}};
  require(inputs[2].type == expected, "bias must be {}, got {}", to_string(expected),
          to_string(inputs[2].type));
}

std::vector<TensorType> infer_conv(const Node& node, std::span<const InferInput> inputs, size_t) {
  Shape shape = infer_convolution(node, inputs[0].type.shape, inputs[1].type.shape);
  check_float_inputs(inputs, shape[1]);
  return {{DType::kFloat32, std::move(shape)}};
}

double bias_of(std::span<const Tensor* const> inputs, int64_t channel) {
  return inputs.size() > 2 && inputs[2] != nullptr ? inputs[2]->as<float>()[channel] : 0.0F;
}

std::vector<Tensor> run_conv(const Node& node, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs) {
  Tensor result(DType::kFloat32, outputs[0].shape);
  const int64_t channels = result.shape()[1];
  const int64_t plane = element_count(Shape(result.shape().begin() + 2, result.shape().end()));
  float* y = result.as<float>().data();
  convolve<float>(node, *inputs[0], 0.0, *inputs[1], 0.0,
                  [&](int64_t image, int64_t o, int64_t first, std::span<const double> sums) {
                    const double bias = bias_of(inputs, o);
                    float* to = y + (image * channels + o) * plane + first;
                    for (const double sum : sums) *to++ = static_cast<float>(sum + bias);
                  });
  return {std::move(result)};
}

std::vector<TensorType> infer_conv_transpose(const Node& node, std::span<const InferInput> inputs,
                                             size_t) {
  Shape shape = infer_transposed_convolution(node, inputs[0].type.shape, inputs[1].type.shape);
  check_float_inputs(inputs, shape[1]);
  return {{DType::kFloat32, std::move(shape)}};
}

std::vector<Tensor> run_conv_transpose(const Node& node, std::span<const Tensor* const> inputs,
                                       std::span<const TensorType> outputs) {
  Tensor result(DType::kFloat32, outputs[0].shape);
  const auto y = result.as<float>();
  convolve_transposed<float>(node, *inputs[0], 0.0, *inputs[1], 0.0,
                             [&](int64_t image, int64_t o, std::span<const double> sums) {
                               const double bias = bias_of(inputs, o);
                               const int64_t plane = image * result.shape()[1] + o;
                               std::ranges::transform(
                                   sums, y.begin() + plane * std::ssize(sums),
                                   [&](double sum) { return static_cast<float>(sum + bias); });
                             });
  return {std::move(result)};
}

}  // namespace

Window transpose_window(const Node& node, const Shape& x, const Shape& w) {
  Window window = make_window(node, x, std::span(w).subspan(2));
  const auto& extra = node.ints_attr("output_padding");
  const size_t rank = x.size() - 2;
  require(extra.size() == rank, "output_padding must have {} values, got {}", rank, extra.size());
  for (size_t i = 0; i < 3; ++i) {
    const int64_t added = i + rank < 3 ? 0 : extra[i + rank - 3];
    require(added >= 0 && added < (int64_t{1} << 31),
            "output_padding must be at least 0 and below 2^31, got {}", added);
    window.out[i] = (window.in[i] - 1) * window.stride[i] +
                    (window.kernel[i] - 1) * window.dilation[i] + 1 + added - window.pad_begin[i] -
                    window.pad_end[i];
    require(window.in[i] >= 1 && window.out[i] >= 1,
            "the output would have size {} in a spatial dimension of input size {}", window.out[i],
            window.in[i]);
  }
  return window;
}

std::span<const OpDef> conv_ops() {
  static const OpDef kOps[] = {
      {.name = "conv",
       .min_inputs = 2,
       .max_inputs = 3,
       .attributes = {{"strides", AttributeKind::kInts},
                      {"dilations", AttributeKind::kInts},
                      {"pads", AttributeKind::kInts},
                      {"group", AttributeKind::kInt, 1}},
       .infer = infer_conv,
       .run = run_conv,
       .complete = complete_window_attributes},
      {.name = "conv_transpose",
       .min_inputs = 2,
       .max_inputs = 3,
       .attributes = {{"strides", AttributeKind::kInts},
                      {"dilations", AttributeKind::kInts},
                      {"pads", AttributeKind::kInts},
                      {"output_padding", AttributeKind::kInts},
                      {"group", AttributeKind::kInt, 1}},
       .infer = infer_conv_transpose,
       .run = run_conv_transpose,
       .complete = complete_window_attributes},
  };
  return kOps;
}

}  // namespace vta::graph
