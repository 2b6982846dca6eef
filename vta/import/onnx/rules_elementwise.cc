// Add, Sub, Mul, Div, Pow, PRelu: up to opset 6 the second operand is placed by `axis`.
// Clip: up to opset 10 the bounds are attributes. Cast, Constant, Identity, Dropout.
#include <algorithm>

#include "vta/graph/ops/axes.h"
#include "vta/import/onnx/proto.h"
#include "vta/import/onnx/rules.h"

namespace vta::import {
namespace {

using graph::kNoValue;
using graph::ValueId;

// b with its first dimension at dimension `axis` of a shape of `rank`.
ValueId placed_at(NodeImporter& node, ValueId b, int64_t axis, size_t rank) {
  Shape shape = node.shape(b);
  const size_t place = graph::normalize_axis(axis, rank);
  require(place + shape.size() <= rank, "axis {} leaves no room for the {} dimensions of {}", axis,
          shape.size(), to_string(shape));
  shape.insert(shape.end(), rank - place - shape.size(), 1);
  return node.emit_helper("reshape", {b, node.constant("shape", shape)});
}

void import_binary(NodeImporter& node, const std::string& op) {
  node.ignore("consumed_inputs");
  const ValueId a = node.required_input(0, "a");
  ValueId b = node.required_input(1, "b");
  if (node.opset() < 7) {
    node.ignore("broadcast");
    if (const auto axis = node.take<int64_t>("axis")) {
      b = placed_at(node, b, *axis, node.shape(a).size());
    }
  }
  node.set_output(0, node.emit(op, {a, b})[0]);
}

// Up to opset 6 a slope of one dimension belongs to the channels, dimension 1.
void import_prelu(NodeImporter& node, const std::string& op) {
  node.ignore("consumed_inputs");
  const ValueId x = node.required_input(0, "x");
  ValueId slope = node.required_input(1, "slope");
  const bool by_channel = node.opset() < 7 && node.shape(slope).size() == 1 &&
                          node.shape(slope)[0] != 1 && node.shape(x).size() > 1;
  if (by_channel) slope = placed_at(node, slope, 1, node.shape(x).size());
  node.set_output(0, node.emit(op, {x, slope})[0]);
}

ValueId bound_attribute(NodeImporter& node, const char* name, DType dtype) {
  const auto bound = node.take<double>(name);
  if (!bound) return kNoValue;
  return node.constant(name, Tensor::scalar<double>(*bound).cast(dtype));
}

void import_clip(NodeImporter& node, const std::string& op) {
  node.ignore("consumed_inputs");
  const ValueId x = node.required_input(0, "x");
  ValueId min = node.input(1);
  ValueId max = node.input(2);
  if (node.opset() < 11) {
    min = bound_attribute(node, "min", node.type(x).dtype);
    max = bound_attribute(node, "max", node.type(x).dtype);
  }
  node.set_output(0, node.emit(op, {x, min, max})[0]);
}

// Up to opset 5 the type is a name, after that a TensorProto.DataType.
void import_cast(NodeImporter& node, const std::string& op) {
  node.ignore("saturate");  // only says how to narrow to 8-bit floats
  require(node.opset() >= 6, "the form of opset {} is not supported; those from 6 on are",
          node.opset());
  const auto to = node.take<int64_t>("to");
  require(to.has_value(), "attribute 'to' is missing");
  const DType dtype = decode_dtype(static_cast<int32_t>(std::clamp<int64_t>(*to, -1, 1000)));
  node.set_output(0, node.emit(op, node.inputs(), {{"to", std::string(dtype_name(dtype))}})[0]);
}

template <typename To, typename From>
Tensor list_tensor(const std::vector<From>& values) {
  Tensor result(dtype_of<To>(), {static_cast<int64_t>(values.size())});
  for (size_t i = 0; i < values.size(); ++i) result.as<To>()[i] = static_cast<To>(values[i]);
  return result;
}

Tensor constant_of(NodeImporter& node) {
  if (const auto value = node.take<Tensor>("value")) return *value;
  if (const auto value = node.take<double>("value_float")) {
    return Tensor::scalar(static_cast<float>(*value));
  }
  if (const auto value = node.take<int64_t>("value_int")) return Tensor::scalar(*value);
  if (const auto values = node.take<std::vector<double>>("value_floats")) {
    return list_tensor<float>(*values);
  }
  if (const auto values = node.take<std::vector<int64_t>>("value_ints")) {
    return list_tensor<int64_t>(*values);
  }
  fail(
      "has none of value, value_float, value_floats, value_int and value_ints; strings and sparse "
      "tensors are not supported");
}

void import_constant(NodeImporter& node, const std::string&) {
  node.set_output(0, node.constant("value", constant_of(node)));
}

bool is_zero(const Tensor& scalar) {
  require(scalar.size() == 1, "ratio and training_mode must have one element, got {}",
          scalar.size());
  return scalar.cast(DType::kFloat64).as<double>()[0] == 0.0;
}

// At inference x passes; the mask says that every element was kept.
void import_dropout(NodeImporter& node, const std::string& op) {
  node.ignore("consumed_inputs");
  node.ignore("is_test");
  node.ignore("ratio");
  node.ignore("seed");
  const Tensor* const training = node.constant_input(2, "training_mode");
  if (training != nullptr && !is_zero(*training)) {
    const Tensor* const ratio = node.constant_input(1, "ratio");
    require(ratio != nullptr && is_zero(*ratio),
            "training_mode is true; only inference is supported");
  }
  const ValueId x = node.required_input(0, "x");
  node.set_output(0, node.emit(op, {x})[0]);
  if (!node.uses_output(1)) return;
  const ValueId one = node.constant(
      "kept", Tensor::scalar(true).cast(node.opset() < 10 ? node.type(x).dtype : DType::kBool));
  node.set_output(1, node.emit_helper("expand", {one, node.constant("shape", node.shape(x))}));
}

}  // namespace

std::span<const Rule> elementwise_rules() {
  static constexpr Rule kRules[] = {
      {"Abs", import_same, "abs"},
      {"Add", import_binary, "add"},
      {"Cast", import_cast, "cast"},
      {"Clip", import_clip, "clip"},
      {"Constant", import_constant, ""},
      {"Div", import_binary, "div"},
      {"Dropout", import_dropout, "identity"},
      {"Elu", import_same, "elu"},
      {"Equal", import_binary, "equal"},
      {"Exp", import_same, "exp"},
      {"HardSigmoid", import_same, "hard_sigmoid"},
      {"HardSwish", import_same, "hard_swish"},
      {"Identity", import_same, "identity"},
      {"LeakyRelu", import_same, "leaky_relu"},
      {"Log", import_same, "log"},
      {"Max", import_same, "max"},
      {"Min", import_same, "min"},
      {"Mul", import_binary, "mul"},
      {"Neg", import_same, "neg"},
      {"PRelu", import_prelu, "prelu"},
      {"Pow", import_binary, "pow"},
      {"Relu", import_same, "relu"},
      {"Sigmoid", import_same, "sigmoid"},
      {"Round", import_same, "round"},
      {"Sqrt", import_same, "sqrt"},
      {"Sub", import_binary, "sub"},
      {"Tanh", import_same, "tanh"},
      {"Where", import_same, "where"},
  };
  return kRules;
}

}  // namespace vta::import
