// Arithmetic element by element, activations, softmax, and the steps between float and integers.
#include <algorithm>
#include <cmath>

#include "vta/base/requantize.h"
#include "vta/import/tflite/rules.h"

namespace vta::import {
namespace {

using graph::ValueId;
using Attributes = OperatorImporter::Attributes;

void set_multiplier(Attributes& attributes, const std::string& prefix, double real) {
  const QuantizedMultiplier multiplier = quantize_multiplier(real);
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
  set_multiplier(attributes, "a_", double{x.scale} / common);
  set_multiplier(attributes, "b_", double{y.scale} / common);
  set_multiplier(attributes, "", common / ((1 << kLeftShift) * double{node.output_affine().scale}));
  node.set_output(node.emit("qadd", {a, b}, attributes));
}

void import_mul(OperatorImporter& node) {
  require(!node.is_quantised(), "quantised products are not supported; float are");
  node.set_output(node.activated(node.emit("mul", {node.input(0), node.input(1)})));
}

void import_activation(OperatorImporter& node, const std::string& op, Attributes attributes = {}) {
  require(!node.is_quantised(), "the quantised form is not supported; the float one is");
  node.set_output(node.emit(op, {node.input(0)}, std::move(attributes)));
}
void import_relu(OperatorImporter& node) {
  import_activation(node, "relu");
}
void import_logistic(OperatorImporter& node) {
  import_activation(node, "sigmoid");
}
void import_tanh(OperatorImporter& node) {
  import_activation(node, "tanh");
}
void import_hard_swish(OperatorImporter& node) {
  import_activation(node, "hard_swish");
}
void import_leaky_relu(OperatorImporter& node) {
  import_activation(node, "leaky_relu", {{"alpha", double{node.options().alpha}}});
}
void import_relu6(OperatorImporter& node) {
  require(!node.is_quantised(), "the quantised form is not supported; the float one is");
  node.set_output(node.emit("clip", {node.input(0), node.add_constant("low", Tensor::scalar(0.0F)),
                                     node.add_constant("high", Tensor::scalar(6.0F))}));
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
  set_multiplier(attributes, "", double{x.scale} / double{y.scale});
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
