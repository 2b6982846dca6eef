// Integers element by element, i8 in and out, beside those of quantized.cc.
//
// qmul(a, b): as TFLite's MUL, with NumPy's broadcasting: requantise((a - a_zero_point) *
//   (b - b_zero_point)) with the attributes factor, shift, zero_point, clip_min and clip_max.
// qlookup(x, table[256]): table[x + 128]: any function of one byte, such as an activation between
//   two quantised tensors.
#include <algorithm>

#include "vta/base/requantize.h"
#include "vta/graph/ops/broadcast.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/movement.h"

namespace vta::graph {
namespace {

constexpr AttributeKind kInt = AttributeKind::kInt;

int ranged_attribute(const Node& node, const std::string& key, int64_t min, int64_t max) {
  const int64_t value = node.int_attr(key);
  require(value >= min && value <= max, "{} must be in [{}, {}], got {}", key, min, max, value);
  return static_cast<int>(value);
}

int byte_attribute(const Node& node, const std::string& key) {
  return ranged_attribute(node, key, -128, 127);
}

struct Product {
  int a_zero_point, b_zero_point;
  Requantize requantize;
};

Product product_of(const Node& node) {
  Product result{byte_attribute(node, "a_zero_point"), byte_attribute(node, "b_zero_point"), {}};
  Requantize& r = result.requantize;
  r.factor = ranged_attribute(node, "factor", INT32_MIN, INT32_MAX);
  r.shift = ranged_attribute(node, "shift", -32, 31);
  r.zero_point = byte_attribute(node, "zero_point");
  r.clip_min = byte_attribute(node, "clip_min");
  r.clip_max = byte_attribute(node, "clip_max");
  require(r.clip_min <= r.clip_max, "clip_min {} is above clip_max {}", r.clip_min, r.clip_max);
  return result;
}

void check_bytes(std::string_view what, const InferInput& input) {
  require(input.type.dtype == DType::kInt8, "{} must be i8, got {}", what, to_string(input.type));
}

std::vector<TensorType> infer_qmul(const Node& node, std::span<const InferInput> inputs, size_t) {
  check_bytes("a", inputs[0]);
  check_bytes("b", inputs[1]);
  product_of(node);
  return {{DType::kInt8, broadcast_shapes(inputs[0].type.shape, inputs[1].type.shape)}};
}

std::vector<Tensor> run_qmul(const Node& node, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs) {
  const Product product = product_of(node);
  const Shape& shape = outputs[0].shape;
  Tensor result(DType::kInt8, shape);
  const int8_t* const a = inputs[0]->as<int8_t>().data();
  const int8_t* const b = inputs[1]->as<int8_t>().data();
  int8_t* const y = result.as<int8_t>().data();
  strided_loop<2>(
      shape,
      {broadcast_strides(inputs[0]->shape(), shape), broadcast_strides(inputs[1]->shape(), shape)},
      [&](int64_t i, const auto& at) {
        const int32_t x = (a[at[0]] - product.a_zero_point) * (b[at[1]] - product.b_zero_point);
        y[i] = static_cast<int8_t>(requantize(x, product.requantize));
      });
  return {std::move(result)};
}

std::vector<TensorType> infer_qlookup(const Node&, std::span<const InferInput> inputs, size_t) {
  check_bytes("x", inputs[0]);
  check_bytes("table", inputs[1]);
  require(inputs[1].type.shape == Shape{256}, "table must have 256 elements, got shape {}",
          to_string(inputs[1].type.shape));
  return {inputs[0].type};
}

std::vector<Tensor> run_qlookup(const Node&, std::span<const Tensor* const> inputs,
                                std::span<const TensorType> outputs) {
  Tensor result(DType::kInt8, outputs[0].shape);
  const auto table = inputs[1]->as<int8_t>();
  std::ranges::transform(inputs[0]->as<int8_t>(), result.as<int8_t>().begin(),
                         [&](int8_t q) { return table[static_cast<size_t>(q + 128)]; });
  return {std::move(result)};
}

}  // namespace

std::span<const OpDef> qelementwise_ops() {
  static const OpDef kOps[] = {
      {.name = "qmul",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {{"a_zero_point", kInt},
                      {"b_zero_point", kInt},
                      {"factor", kInt, {}, true},
                      {"shift", kInt, {}, true},
                      {"zero_point", kInt},
                      {"clip_min", kInt, -128},
                      {"clip_max", kInt, 127}},
       .infer = infer_qmul,
       .run = run_qmul},
      {.name = "qlookup",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_qlookup,
       .run = run_qlookup},
  };
  return kOps;
}

}  // namespace vta::graph
