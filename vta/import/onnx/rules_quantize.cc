// Quantised forms, written out: QuantizeLinear and DequantizeLinear; QLinear operators, ONNX's own
// and those of ONNX Runtime's domain, as such pairs around the float operator; ConvInteger and
// MatMulInteger as products of centred integers (held in floats, which are exact for them). Scales
// and zero points are constants, but for the zero points that DynamicQuantizeLinear makes for those
// two.
#include <algorithm>

#include "vta/graph/ops/axes.h"
#include "vta/import/onnx/rules.h"

namespace vta::import {
namespace {

using graph::kNoValue;
using graph::ValueId;

// A constant of one element, or one for each index of `axis`, in a shape that broadcasts to `rank`.
Tensor along_axis(const Tensor& values, int64_t axis, size_t rank) {
  if (values.size() == 1) return values.reshaped({});
  require(values.rank() == 1, "scales and zero points must be scalars or lists, got shape {}",
          to_string(values.shape()));
  Shape shape(rank, 1);
  shape[graph::normalize_axis(axis, rank)] = values.size();
  return values.reshaped(shape);
}

Tensor scales_of(NodeImporter& node, size_t index, std::string_view what) {
  const Tensor* const scales = node.constant_input(index, what);
  require(scales != nullptr, "input {} ({}) is missing", index, what);
  require(scales->dtype() == DType::kFloat32, "{} must be f32, got {}", what,
          dtype_name(scales->dtype()));
  return *scales;
}

float scale_of(NodeImporter& node, size_t index, std::string_view what) {
  const Tensor scales = scales_of(node, index, what);
  require(scales.size() == 1, "{} has {} elements; one for the whole tensor is supported", what,
          scales.size());
  return scales.as<float>()[0];
}

// q - zero point, as floats.
ValueId centred(NodeImporter& node, ValueId q, size_t zero_index, int64_t axis) {
  const ValueId floats = node.emit_helper("cast", {q}, {{"to", "f32"}});
  const ValueId given = node.input(zero_index);
  if (given != kNoValue && !node.is_constant(given)) {
    require(node.shape(given).empty(), "a computed zero point must be a scalar, got shape {}",
            to_string(node.shape(given)));
    return node.emit_helper("sub", {floats, node.emit_helper("cast", {given}, {{"to", "f32"}})});
  }
  const Tensor* const zero = node.constant_input(zero_index, "zero point");
  if (zero == nullptr) return floats;
  const Tensor values = along_axis(zero->cast(DType::kFloat32), axis, node.shape(q).size());
  if (std::ranges::all_of(values.as<float>(), [](float z) { return z == 0; })) return floats;
  return node.emit_helper("sub", {floats, node.constant("zero", values)});
}

// Rounded to the type of the zero point, u8 where there is none. Unsigned bytes are made of signed
// ones, 128 lower.
ValueId rounded(NodeImporter& node, ValueId x, float scale, size_t zero_index) {
  const Tensor* const zero = node.constant_input(zero_index, "zero point");
  const DType dtype = zero == nullptr ? DType::kUInt8 : zero->dtype();
  require(dtype == DType::kInt8 || dtype == DType::kUInt8,
          "quantising to {} is not supported; to i8 and u8 is", dtype_name(dtype));
  require(zero == nullptr || zero->size() == 1,
          "the zero point has {} elements; one for the whole tensor is supported",
          zero == nullptr ? 0 : zero->size());
  const int64_t level = zero == nullptr ? 0 : zero->cast(DType::kInt64).as<int64_t>()[0];
  const int64_t lowered = dtype == DType::kUInt8 ? level - 128 : level;
  const ValueId q =
      node.emit_helper("quantize", {x}, {{"scale", double{scale}}, {"zero_point", lowered}});
  if (dtype == DType::kInt8) return q;
  const ValueId floats =
      node.emit_helper("dequantize", {q}, {{"scale", 1.0}, {"zero_point", int64_t{-128}}});
  return node.emit_helper("cast", {floats}, {{"to", "u8"}});
}

void import_quantize(NodeImporter& node, const std::string&) {
  node.ignore("axis");      // of scales for each index, which are refused
  node.ignore("saturate");  // only of 8-bit floats
  const ValueId x = node.required_input(0, "x");
  node.set_output(0, rounded(node, x, scale_of(node, 1, "y_scale"), 2));
}

void import_dequantize(NodeImporter& node, const std::string&) {
  const int64_t axis = node.take_int("axis", 1);
  const ValueId q = node.required_input(0, "x");
  const Tensor scales = along_axis(scales_of(node, 1, "x_scale"), axis, node.shape(q).size());
  const Tensor* const zero = node.constant_input(2, "zero point");
  if (scales.size() == 1 && node.type(q).dtype == DType::kInt8 &&
      (zero == nullptr || zero->size() == 1)) {
    const int64_t level = zero == nullptr ? 0 : zero->cast(DType::kInt64).as<int64_t>()[0];
    node.set_output(
        0, node.emit("dequantize", {q},
                     {{"scale", double{scales.as<float>()[0]}}, {"zero_point", level}})[0]);
    return;
  }
  const ValueId steps = centred(node, q, 2, axis);
  node.set_output(0, node.emit("mul", {steps, node.constant("scale", scales)})[0]);
}

// An operand of a QLinear operator as floats: (q - zero point) * scale, in the form that
// DequantizeLinear has, so that vta/quantize/adopt_qdq.h sees the same pairs.
ValueId operand(NodeImporter& node, size_t index, std::string_view what, int64_t axis) {
  const ValueId q = node.required_input(index, what);
  const Tensor scales = along_axis(scales_of(node, index + 1, fmt::format("{}_scale", what)), axis,
                                   node.shape(q).size());
  const Tensor* const zero = node.constant_input(index + 2, "zero point");
  if (scales.size() == 1 && node.type(q).dtype == DType::kInt8 &&
      (zero == nullptr || zero->size() == 1)) {
    const int64_t level = zero == nullptr ? 0 : zero->cast(DType::kInt64).as<int64_t>()[0];
    return node.emit_helper("dequantize", {q},
                            {{"scale", double{scales.as<float>()[0]}}, {"zero_point", level}});
  }
  const ValueId steps = centred(node, q, index + 2, axis);
  return node.emit_helper("mul", {steps, node.constant("scale", scales)});
}

// The bias of a QLinearConv or QGemm is in units of the products.
ValueId bias_operand(NodeImporter& node, size_t index) {
  const Tensor* const bias = node.constant_input(index, "the bias");
  if (bias == nullptr) return kNoValue;
  const float x_scale = scale_of(node, 1, "x_scale");
  const Tensor w_scales = scales_of(node, 4, "w_scale");
  require(w_scales.size() == 1 || w_scales.size() == bias->size(),
          "w_scale has {} elements for {} of the bias", w_scales.size(), bias->size());
  Tensor values = bias->cast(DType::kFloat32);
  for (size_t c = 0; c < values.as<float>().size(); ++c) {
    const float w_scale = w_scales.as<float>()[w_scales.size() == 1 ? 0 : c];
    values.as<float>()[c] *= x_scale * w_scale;
  }
  return node.constant("bias", std::move(values));
}

void import_qlinear_conv(NodeImporter& node, const std::string&) {
  const ValueId x = operand(node, 0, "x", 0);
  const ValueId w = operand(node, 3, "w", 0);
  const ValueId sums = emit_convolution(node, "conv", x, w, bias_operand(node, 8));
  node.set_output(0, rounded(node, sums, scale_of(node, 6, "y_scale"), 7));
}

void import_qlinear_matmul(NodeImporter& node, const std::string&) {
  const ValueId a = operand(node, 0, "a", -1);
  const ValueId b = operand(node, 3, "b", -1);
  const bool matrices = node.shape(a).size() == 2 && node.shape(b).size() == 2;
  const ValueId sums = node.emit(matrices ? "gemm" : "matmul", {a, b})[0];
  node.set_output(0, rounded(node, sums, scale_of(node, 6, "y_scale"), 7));
}

void import_qgemm(NodeImporter& node, const std::string&) {
  require(node.take<double>("alpha").value_or(1) == 1, "alpha must be 1");
  const bool transposed = node.take_int("transB", 0) != 0;
  const ValueId a = operand(node, 0, "a", 0);
  const ValueId b = operand(node, 3, "b", transposed ? 0 : 1);
  const ValueId sums = node.emit("gemm", {a, b, bias_operand(node, 6)},
                                 {{"transB", int64_t{transposed ? 1 : 0}}})[0];
  node.set_output(0, rounded(node, sums, scale_of(node, 7, "y_scale"), 8));
}

void import_qlinear_unary(NodeImporter& node, const std::string& op) {
  require(node.take_int("channels_last", 0) == 0, "channels_last is not supported");
  const ValueId y = node.emit(op, {operand(node, 0, "x", 0)})[0];
  node.set_output(0, rounded(node, y, scale_of(node, 3, "y_scale"), 4));
}

void import_qlinear_binary(NodeImporter& node, const std::string& op) {
  const ValueId a = operand(node, 0, "a", 0);
  const ValueId b = operand(node, 3, "b", 0);
  node.set_output(0, rounded(node, node.emit(op, {a, b})[0], scale_of(node, 6, "c_scale"), 7));
}

// The scale and zero point of the whole come first.
void import_qlinear_concat(NodeImporter& node, const std::string&) {
  std::vector<ValueId> parts;
  for (size_t i = 2; i < node.input_count(); i += 3) parts.push_back(operand(node, i, "x", 0));
  require(!parts.empty(), "has nothing to concatenate");
  node.set_output(0, rounded(node, node.emit("concat", parts)[0], scale_of(node, 0, "y_scale"), 1));
}

// Bytes over the range of x, which has 0 inside; step 1 where x is all zeros.
void import_dynamic_quantize(NodeImporter& node, const std::string&) {
  const ValueId x = node.required_input(0, "x");
  const auto scalar = [&](float value) { return node.constant("level", Tensor::scalar(value)); };
  const auto largest = [&](ValueId values) {
    const ValueId found = node.emit_helper("reduce_max", {values}, {{"keepdims", int64_t{0}}});
    return node.emit_helper("max", {found, scalar(0)});
  };
  const ValueId high = largest(x);
  const ValueId below = largest(node.emit_helper("neg", {x}));  // of 0
  const ValueId range = node.emit_helper("add", {high, below});
  const ValueId step = node.emit_helper("div", {range, scalar(255)});
  const ValueId scale =
      node.emit_helper("where", {node.emit_helper("equal", {range, scalar(0)}), scalar(1), step});
  const auto byte = [&](ValueId values) {
    const ValueId whole = node.emit_helper("clip", {values, scalar(0), scalar(255)});
    return node.emit_helper("cast", {whole}, {{"to", "u8"}});
  };
  const ValueId zero = node.emit_helper("round", {node.emit_helper("div", {below, scale})});
  const ValueId steps = node.emit_helper("round", {node.emit_helper("div", {x, scale})});
  node.set_output(0, byte(node.emit_helper("add", {steps, zero})));
  node.set_output(1, scale);
  node.set_output(2, byte(zero));
}

void import_conv_integer(NodeImporter& node, const std::string&) {
  const ValueId x = centred(node, node.required_input(0, "x"), 2, 0);
  const ValueId w = centred(node, node.required_input(1, "w"), 3, 0);
  const ValueId sums = emit_convolution(node, "conv", x, w, kNoValue);
  node.set_output(0, node.emit_helper("cast", {sums}, {{"to", "i32"}}));
}

void import_matmul_integer(NodeImporter& node, const std::string&) {
  const ValueId a = centred(node, node.required_input(0, "a"), 2, -1);
  const ValueId b = centred(node, node.required_input(1, "b"), 3, -1);
  const ValueId sums = node.emit("matmul", {a, b})[0];
  node.set_output(0, node.emit_helper("cast", {sums}, {{"to", "i32"}}));
}

}  // namespace

std::span<const Rule> quantize_rules() {
  static constexpr Rule kRules[] = {
      {"ConvInteger", import_conv_integer, ""},
      {"DequantizeLinear", import_dequantize, ""},
      {"DynamicQuantizeLinear", import_dynamic_quantize, ""},
      {"MatMulInteger", import_matmul_integer, ""},
      {"QGemm", import_qgemm, "", kMicrosoft},
      {"QLinearAdd", import_qlinear_binary, "add", kMicrosoft},
      {"QLinearConcat", import_qlinear_concat, "", kMicrosoft},
      {"QLinearConv", import_qlinear_conv, ""},
      {"QLinearGlobalAveragePool", import_qlinear_unary, "global_average_pool", kMicrosoft},
      {"QLinearLeakyRelu", import_qlinear_unary, "leaky_relu", kMicrosoft},
      {"QLinearMatMul", import_qlinear_matmul, ""},
      {"QLinearMul", import_qlinear_binary, "mul", kMicrosoft},
      {"QLinearSigmoid", import_qlinear_unary, "sigmoid", kMicrosoft},
      {"QuantizeLinear", import_quantize, ""},
  };
  return kRules;
}

}  // namespace vta::import
