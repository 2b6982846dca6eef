// Pools over 1 to 3 spatial dimensions of x[N,C,…].
//
// max_pool(x): f32, f64, i8 or u8. average_pool(x): f32, the mean of the positions over the input,
// or
//   with count_include_pad of those over input and padding. Attributes of both: kernel_shape,
//   strides, dilations, pads (explicit: all begins, then all ends), ceil_mode.
// global_max_pool(x), global_average_pool(x): f32, over all spatial dimensions, each of which
// becomes 1.
#include "vta/graph/ops/pool.h"

#include <limits>

#include "vta/graph/ops/families.h"

namespace vta::graph {

std::vector<AttributeDef> pool_attributes() {
  return {{"kernel_shape", AttributeKind::kInts, {}, true},
          {"strides", AttributeKind::kInts},
          {"dilations", AttributeKind::kInts},
          {"pads", AttributeKind::kInts},
          {"ceil_mode", AttributeKind::kInt}};
}

Window pool_window(const Node& node, const Shape& x) {
  Window window = make_window(node, x, node.ints_attr("kernel_shape"));
  set_output(window, node.int_attr("ceil_mode") != 0);
  return window;
}

Window global_window(const Shape& x) {
  require(x.size() >= 3 && x.size() <= 5,
          "x must be N x C x 1 to 3 spatial dimensions, got shape {}", to_string(x));
  Window window;
  for (size_t i = 2; i < x.size(); ++i) {
    require(x[i] >= 1, "x must not be empty, got shape {}", to_string(x));
    window.in[i + 3 - x.size()] = window.kernel[i + 3 - x.size()] = x[i];
  }
  return window;
}

std::array<Range, 3> positions_over_input(const Window& window, const Window::Dims& position) {
  std::array<Range, 3> result;
  for (size_t i = 0; i < 3; ++i) {
    result[i] = positions_inside(position[i] * window.stride[i] - window.pad_begin[i],
                                 window.dilation[i], window.in[i], window.kernel[i]);
  }
  return result;
}

int64_t count_with_padding(const Window& window, const Window::Dims& position) {
  int64_t count = 1;
  for (size_t i = 0; i < 3; ++i) {
    const int64_t padded = window.in[i] + window.pad_begin[i] + window.pad_end[i];
    const Range range = positions_inside(position[i] * window.stride[i], window.dilation[i], padded,
                                         window.kernel[i]);
    count *= range.end - range.begin;
  }
  return count;
}

namespace {

Shape pooled_shape(const Window& window, const Shape& x) {
  return output_shape(window, x[0], x[1], x.size() - 2);
}

template <typename T>
Tensor max_pool_of(const Window& window, const Tensor& x) {
  using Limits = std::numeric_limits<T>;
  Tensor result(x.dtype(), pooled_shape(window, x.shape()));
  T* to = result.as<T>().data();
  const auto from = x.as<T>();
  for (int64_t first = 0; first < std::ssize(from); first += volume(window.in)) {
    for_each_window(window, [&](const Window::Dims& position) {
      T largest = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
      for_each_covered(window, from.data() + first, position,
                       [&](T value) { largest = std::max(largest, value); });
      *to++ = largest;
    });
  }
  return result;
}

std::vector<TensorType> infer_max_pool(const Node& node, std::span<const InferInput> inputs,
                                       size_t) {
  const auto& [dtype, shape] = inputs[0].type;
  require(dtype == DType::kFloat32 || dtype == DType::kFloat64 || dtype == DType::kInt8 ||
              dtype == DType::kUInt8,
          "x must be f32, f64, i8 or u8, got {}", dtype_name(dtype));
  return {{dtype, pooled_shape(pool_window(node, shape), shape)}};
}

void check_float(const TensorType& x) {
  require(x.dtype == DType::kFloat32, "x must be f32, got {}", dtype_name(x.dtype));
}

std::vector<TensorType> infer_average_pool(const Node& node, std::span<const InferInput> inputs,
                                           size_t) {
  const TensorType& x = inputs[0].type;
  check_float(x);
  return {{x.dtype, pooled_shape(pool_window(node, x.shape), x.shape)}};
}

std::vector<TensorType> infer_global_pool(const Node&, std::span<const InferInput> inputs, size_t) {
  const TensorType& x = inputs[0].type;
  check_float(x);
  return {{x.dtype, pooled_shape(global_window(x.shape), x.shape)}};
}

Tensor average(const Window& window, bool count_include_pad, const Tensor& x) {
  Tensor result(DType::kFloat32, pooled_shape(window, x.shape()));
  float* y = result.as<float>().data();
  sum_windows(window, count_include_pad, x.as<float>(), 0.0,
              [&](size_t output, double sum, int64_t divisor) {
                y[output] = static_cast<float>(sum / static_cast<double>(divisor));
              });
  return result;
}

std::vector<Tensor> run_max_pool(const Node& node, std::span<const Tensor* const> inputs,
                                 std::span<const TensorType>) {
  return {max_pool(pool_window(node, inputs[0]->shape()), *inputs[0])};
}

std::vector<Tensor> run_average_pool(const Node& node, std::span<const Tensor* const> inputs,
                                     std::span<const TensorType>) {
  return {average(pool_window(node, inputs[0]->shape()), node.int_attr("count_include_pad") != 0,
                  *inputs[0])};
}

std::vector<Tensor> run_global_max_pool(const Node&, std::span<const Tensor* const> inputs,
                                        std::span<const TensorType>) {
  return {max_pool(global_window(inputs[0]->shape()), *inputs[0])};
}

std::vector<Tensor> run_global_average_pool(const Node&, std::span<const Tensor* const> inputs,
                                            std::span<const TensorType>) {
  return {average(global_window(inputs[0]->shape()), false, *inputs[0])};
}

std::vector<AttributeDef> average_pool_attributes() {
  std::vector<AttributeDef> attributes = pool_attributes();
  attributes.push_back({"count_include_pad", AttributeKind::kInt});
  return attributes;
}

}  // namespace

Tensor max_pool(const Window& window, const Tensor& x) {
  switch (x.dtype()) {
    case DType::kFloat32:
      return max_pool_of<float>(window, x);
    case DType::kFloat64:
      return max_pool_of<double>(window, x);
    case DType::kInt8:
      return max_pool_of<int8_t>(window, x);
    default:
      return max_pool_of<uint8_t>(window, x);
  }
}

std::span<const OpDef> pool_ops() {
  static const OpDef kOps[] = {
      {.name = "max_pool",
       .attributes = pool_attributes(),
       .infer = infer_max_pool,
       .run = run_max_pool,
       .complete = complete_window_attributes},
      {.name = "average_pool",
       .attributes = average_pool_attributes(),
       .infer = infer_average_pool,
       .run = run_average_pool,
       .complete = complete_window_attributes},
      {.name = "global_max_pool",
       .attributes = {},
       .infer = infer_global_pool,
       .run = run_global_max_pool},
      {.name = "global_average_pool",
       .attributes = {},
       .infer = infer_global_pool,
       .run = run_global_average_pool},
  };
  return kOps;
}

}  // namespace vta::graph
