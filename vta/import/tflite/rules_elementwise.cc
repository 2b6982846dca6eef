// Arithmetic element by element, activations, softmax, and the steps between float and integers.
#include <algorithm>
#include <cmath>

#include "vta/base/requantize.h"
#include "vta/import/tflite/rules.h"

namespace vta::import {
namespace {

using graph::ValueId;
using Attributes = OperatorImporter::Attributes;

void set_multiplier(Attributes& attributes, const std::string& prefix,
                    const QuantizedMultiplier& multiplier) {
  attributes[prefix + "factor"] = int64_t{multiplier.factor};
  attributes[prefix + "shift"] = int64_t{multiplier.shift};
}

// As TFLite's ADD for 8 bits: both operands at twice the larger scale, 20 bits up.
void import_add(OperatorImporter& node) {
  const ValueId a = node.input(0), b = node.input(1);
  if (!node.is_quantised()) return node.set_output(node.activated(node.emit("add", {a, b})));
  require(node.shape(a) == node.shape(b),
          "quantised addition of shapes {} and {} is not supported; of equal ones is",
          to_string(node.shape(a)), to_string(node.shape(b)));
  constexpr int kLeftShift = 20;
  const TfliteAffine x = node.input_affine(0), y = node.input_affine(1);
  const double common = 2.0 * std::max(x.scale, y.scale);
  Attributes attributes = node.requantize_attributes();
  attributes["left_shift"] = int64_t{kLeftShift};
  attributes["a_zero_point"] = x.zero_point;
  attributes["b_zero_point"] = y.zero_point;
  set_multiplier(attributes, "a_", quantize_multiplier(double{x.scale} / common));
  set_multiplier(attributes, "b_", quantize_multiplier(double{y.scale} / common));
  set_multiplier(
      attributes, "",
      quantize_multiplier(common / ((1 << kLeftShift) * double{node.output_affine().scale})));
  node.set_output(node.emit("qadd", {a, b}, attributes));
}

void import_mul(OperatorImporter& node) {
  const ValueId a = node.input(0), b = node.input(1);
  if (!node.is_quantised()) return node.set_output(node.activated(node.emit("mul", {a, b})));
  require(node.shape(a).size() == node.shape(b).size() || node.shape(b).empty(),
          "a quantised product of shapes {} and {} is not supported; of equal ranks is",
          to_string(node.shape(a)), to_string(node.shape(b)));
  const TfliteAffine x = node.input_affine(0), y = node.input_affine(1);
  Attributes attributes = node.requantize_attributes();
  attributes["a_zero_point"] = x.zero_point;
  attributes["b_zero_point"] = y.zero_point;
  set_multiplier(attributes, "",
                 quantize_multiplier(x.scale * y.scale / node.output_affine().scale));
  node.set_output(node.emit("qmul", {a, b}, attributes));
}

// One that clips: a requantisation does it.
void import_clipping(OperatorImporter& node, TfliteActivation activation) {
  const ValueId x = node.input(0);
  if (!node.is_quantised()) return node.set_output(node.activated(x, activation));
  Attributes attributes = node.requantize_attributes(activation);
  attributes["x_zero_point"] = node.input_affine(0).zero_point;
  set_multiplier(attributes, "",
                 quantize_multiplier(node.input_affine(0).scale / node.output_affine().scale));
  node.set_output(node.emit("qrescale", {x}, attributes));
}
void import_relu(OperatorImporter& node) {
  import_clipping(node, TfliteActivation::kRelu);
}
void import_relu_n1_to_1(OperatorImporter& node) {
  import_clipping(node, TfliteActivation::kReluN1To1);
}
void import_relu6(OperatorImporter& node) {
  import_clipping(node, TfliteActivation::kRelu6);
}

// Any other: of bytes by its table.
void import_activation(OperatorImporter& node, const std::string& op,
                       Tensor (*table)(const OperatorImporter&), Attributes attributes = {}) {
  const ValueId x = node.input(0);
  if (!node.is_quantised()) return node.set_output(node.emit(op, {x}, std::move(attributes)));
  node.set_output(node.emit("qlookup", {x, node.add_constant("table", table(node))}));
}
void import_logistic(OperatorImporter& node) {
  import_activation(node, "sigmoid", tflite_logistic_table);
}
void import_tanh(OperatorImporter& node) {
  import_activation(node, "tanh", tflite_tanh_table);
}
void import_hard_swish(OperatorImporter& node) {
  import_activation(node, "hard_swish", tflite_hard_swish_table);
}
void import_leaky_relu(OperatorImporter& node) {
  import_activation(node, "leaky_relu", tflite_leaky_relu_table,
                    {{"alpha", double{node.options().alpha}}});
}

// Over the last dimension in the file, the channels where there are four.
void import_softmax(OperatorImporter& node) {
  const ValueId x = node.input(0);
  const int64_t axis = node.shape(x).size() == 4 ? 1 : -1;
  const float beta = node.options().beta;
  if (!node.is_quantised()) {
    require(beta == 1, "beta is {}; 1 is supported", beta);
    return node.set_output(node.emit("softmax", {x}, {{"axis", axis}}));
  }
  const TfliteAffine y = node.output_affine();
  require(y.scale == 1.0F / 256 && y.zero_point == -128,
          "its output has scale {} and zero point {}, must have 1/256 and the lowest", y.scale,
          y.zero_point);
  const double scale = double{beta} * double{node.input_affine(0).scale};
  node.set_output(node.emit("qsoftmax", {x}, {{"axis", axis}, {"scale", scale}}));
}

// From float, or from one scale and zero point to another.
void import_quantize(OperatorImporter& node) {
  require(node.is_quantised(), "its output is {}, must be i8 or u8",
          dtype_name(node.output_tensor().dtype));
  const TfliteAffine y = node.output_affine();
  if (node.input_tensor(0).dtype == DType::kFloat32) {
    return node.set_output(node.emit("quantize", {node.input(0)},
                                     {{"scale", double{y.scale}}, {"zero_point", y.zero_point}}));
  }
  const TfliteAffine x = node.input_affine(0);
  Attributes attributes = node.requantize_attributes();
  attributes["x_zero_point"] = x.zero_point;
  set_multiplier(attributes, "", quantize_multiplier(double{x.scale} / double{y.scale}));
  node.set_output(node.emit("qrescale", {node.input(0)}, attributes));
}

// Constants that are kept as halves are made floats.
void import_dequantize(OperatorImporter& node) {
  const TfliteTensor& x = node.input_tensor(0);
  if (x.dtype == DType::kFloat16) {
    return node.set_constant_output(node.constant(0, "its input").cast(DType::kFloat32));
  }
  const TfliteAffine affine = node.input_affine(0);
  node.set_output(node.emit("dequantize", {node.input(0)},
                            {{"scale", double{affine.scale}}, {"zero_point", affine.zero_point}}));
}

}  // namespace

std::span<const TfliteRule> tflite_elementwise_rules() {
  static constexpr TfliteRule kRules[] = {
      {0, "ADD", import_add},
      {6, "DEQUANTIZE", import_dequantize},
      {14, "LOGISTIC", import_logistic},
      {18, "MUL", import_mul},
      {19, "RELU", import_relu},
      {20, "RELU_N1_TO_1", import_relu_n1_to_1},
      {21, "RELU6", import_relu6},
      {25, "SOFTMAX", import_softmax},
      {28, "TANH", import_tanh},
      {98, "LEAKY_RELU", import_leaky_relu},
      {114, "QUANTIZE", import_quantize},
      {117, "HARD_SWISH", import_hard_swish},
  };
  return kRules;
}

}  // namespace vta::import
