// Convolutions and dense layers, float and quantised. Quantised ones multiply (x - zero) with
// (w - zero), add a bias, and requantise with the factor that TFLite computes of the three scales.
#include <algorithm>

#include "vta/base/requantize.h"
#include "vta/import/tflite/rules.h"

namespace vta::import {
namespace {

using graph::kNoValue;
using graph::ValueId;
using Ints = std::vector<int64_t>;
using Attributes = OperatorImporter::Attributes;

// Where an operator has them among its inputs.
struct Places {
  size_t x = 0, weights = 1, bias = 2;
};
constexpr Places kForward = {};
constexpr Places kTransposed = {.x = 2, .weights = 1, .bias = 3};  // first the output's shape
constexpr size_t kX = kForward.x, kWeights = kForward.weights, kBias = kForward.bias;

// The scale of each output channel's weights. uint8 models, and dense layers with one scale, form
// the product of scales in float, as TFLite's GetQuantizedConvolutionMultipler does.
std::vector<double> output_factors(const OperatorImporter& node, const Places& at, int64_t channels,
                                   bool product_in_float) {
  const std::vector<float>& scales = node.input_tensor(at.weights).quantization.scale;
  require(scales.size() == 1 || static_cast<int64_t>(scales.size()) == channels,
          "its weights have {} scales, must have 1 or {}", scales.size(), channels);
  const float x = node.input_affine(at.x).scale, y = node.output_affine().scale;
  std::vector<double> factors;
  for (int64_t c = 0; c < channels; ++c) {
    const float w = scales.size() == 1 ? scales[0] : scales[c];
    const double product = product_in_float ? double{x * w} : double{x} * double{w};
    factors.push_back(product / double{y});
  }
  return factors;
}

// Adds weights, bias, factor and shift of each output channel to the graph: the operands of qconv
// and qgemm behind x. `weights` are in the graph's layout.
struct IntegerOperands {
  std::vector<ValueId> inputs;
  int64_t weight_zero_point = 0;
};

IntegerOperands integer_operands(OperatorImporter& node, const Places& at, const Tensor& weights,
                                 int64_t channels, bool product_in_float) {
  const TfliteTensor& given = node.input_tensor(at.weights);
  const bool is_unsigned = given.dtype == DType::kUInt8;
  require(is_unsigned || given.dtype == DType::kInt8, "its weights are {}, must be i8 or u8",
          dtype_name(given.dtype));
  Tensor bias(DType::kInt32, {channels}), factor(DType::kInt32, {channels});
  Tensor shift(DType::kInt32, {channels});
  if (node.has_input(at.bias)) {
    const Tensor& stated = node.constant(at.bias, "bias");
    require(stated.dtype() == DType::kInt32 && stated.size() == channels,
            "its bias is {}[{}], must be i32[{}]", dtype_name(stated.dtype()),
            to_string(stated.shape()), channels);
    bias = stated.reshaped({channels});
  }
  const std::vector<double> factors = output_factors(node, at, channels, product_in_float);
  for (int64_t c = 0; c < channels; ++c) {
    const QuantizedMultiplier multiplier = quantize_multiplier(factors[c]);
    factor.as<int32_t>()[c] = multiplier.factor;
    shift.as<int32_t>()[c] = multiplier.shift;
  }
  IntegerOperands result;
  if (is_unsigned) {
    result.weight_zero_point = node.input_affine(at.weights).zero_point;
  } else {
    const auto& zeros = given.quantization.zero_point;
    require(std::ranges::all_of(zeros, [](int64_t zero) { return zero == 0; }),
            "i8 weights have a zero point other than 0");
  }
  result.inputs = {
      node.input(at.x), node.add_constant("weight", is_unsigned ? signed_bytes(weights) : weights),
      node.add_constant("bias", std::move(bias)), node.add_constant("factor", std::move(factor)),
      node.add_constant("shift", std::move(shift))};
  return result;
}

bool has_float_product(const OperatorImporter& node) {
  return node.output_tensor().dtype == DType::kUInt8;
}

// `weights` O x I/group x KH x KW as the file's type has them.
void emit_convolution(OperatorImporter& node, const Tensor& weights, int64_t group) {
  const TfliteOptions& options = node.options();
  const Shape& w = weights.shape();
  Attributes attributes = {{"strides", Ints{options.stride_h, options.stride_w}},
                           {"dilations", Ints{options.dilation_h, options.dilation_w}},
                           {"pads", tflite_pads(options, node.shape(node.input(kX)), w[2], w[3])},
                           {"group", group}};
  if (!node.is_quantised()) {
    const ValueId bias = node.has_input(kBias) ? node.input(kBias) : kNoValue;
    node.set_output(node.activated(node.emit(
        "conv", {node.input(kX), node.add_constant("weight", weights), bias}, attributes)));
    return;
  }
  IntegerOperands operands =
      integer_operands(node, kForward, weights, w[0], has_float_product(node));
  attributes.merge(node.requantize_attributes());
  attributes["x_zero_point"] = node.input_affine(kX).zero_point;
  attributes["w_zero_point"] = operands.weight_zero_point;
  node.set_output(node.emit("qconv", std::move(operands.inputs), std::move(attributes)));
}

const Tensor& weights_of_rank_4(const OperatorImporter& node) {
  const Tensor& weights = node.constant(kWeights, "weights");
  require(weights.rank() == 4 && weights.size() > 0,
          "its weights have shape {}, must have 4 dimensions", to_string(weights.shape()));
  return weights;
}

void import_conv(OperatorImporter& node) {
  const Tensor weights = channels_first(weights_of_rank_4(node));  // O x KH x KW x I in the file
  const Shape& x = node.shape(node.input(kX));
  require(x.size() == 4 && x[1] % weights.shape()[1] == 0,
          "weights for {} input channels do not fit an input of shape {}", weights.shape()[1],
          to_string(x));
  emit_convolution(node, weights, x[1] / weights.shape()[1]);
}

void import_depthwise_conv(OperatorImporter& node) {
  const Tensor& weights = weights_of_rank_4(node);  // 1 x KH x KW x O in the file
  const Shape& x = node.shape(node.input(kX));
  require(weights.shape()[0] == 1 && x.size() == 4,
          "weights of shape {} do not fit an input of shape {}", to_string(weights.shape()),
          to_string(x));
  emit_convolution(node, transpose_tensor(weights, {3, 0, 1, 2}), x[1]);
}

void import_fully_connected(OperatorImporter& node) {
  require(!node.options().shuffled_weights, "shuffled weights are not supported");
  const Tensor& weights = node.constant(kWeights, "weights");
  require(weights.rank() == 2 && weights.size() > 0,
          "its weights have shape {}, must have 2 dimensions", to_string(weights.shape()));
  const int64_t outputs = weights.shape()[0], depth = weights.shape()[1];
  const int64_t elements = element_count(node.shape(node.input(kX)));
  require(elements % depth == 0, "its input has {} elements, not a multiple of the depth {}",
          elements, depth);
  const Shape rows{elements / depth, depth};
  const ValueId x =
      node.shape(node.input(kX)) == rows ? node.input(kX) : node.reshaped(node.input(kX), rows);
  ValueId y = kNoValue;
  if (node.is_quantised()) {
    IntegerOperands operands =
        integer_operands(node, kForward, weights, outputs, has_float_product(node));
    operands.inputs[0] = x;
    Attributes attributes = node.requantize_attributes();
    attributes["x_zero_point"] = node.input_affine(kX).zero_point;
    attributes["w_zero_point"] = operands.weight_zero_point;
    attributes["round_once"] = int64_t{1};
    y = node.emit("qgemm", std::move(operands.inputs), std::move(attributes));
  } else {
    const ValueId bias = node.has_input(kBias) ? node.input(kBias) : kNoValue;
    y = node.activated(node.emit("gemm", {x, node.add_constant("weight", weights), bias},
                                 {{"transB", int64_t{1}}}));
  }
  const Shape& wanted = node.output_tensor().shape;
  const bool fits = wanted == Shape{rows[0], outputs};
  node.set_output(fits ? y : node.reshaped(y, wanted));
}

// Output shape, weights O x KH x KW x I, x, bias.
void import_transpose_conv(OperatorImporter& node) {
  const TfliteOptions& options = node.options();
  const Tensor weights =
      transpose_tensor(weights_of_rank_4(node), {3, 0, 1, 2});  // I x O x KH x KW
  const ValueId x = node.input(kTransposed.x);
  const Shape& in = node.shape(x);
  const Shape out = channels_first(node.output_tensor().shape);
  require(in.size() == 4 && out.size() == 4, "input and output must have 4 dimensions");
  // The padding is that of the convolution from the output to the input.
  const Ints pads = tflite_pads(options, out, weights.shape()[2], weights.shape()[3]);
  const auto added = [&](size_t axis, int64_t stride) {
    const int64_t full = (in[axis] - 1) * stride + weights.shape()[axis];
    return out[axis] + pads[axis - 2] + pads[axis] - full;
  };
  Attributes attributes = {
      {"strides", Ints{options.stride_h, options.stride_w}},
      {"pads", pads},
      {"output_padding", Ints{added(2, options.stride_h), added(3, options.stride_w)}}};
  if (!node.is_quantised()) {
    const ValueId bias = node.has_input(kTransposed.bias) ? node.input(kTransposed.bias) : kNoValue;
    node.set_output(node.activated(
        node.emit("conv_transpose", {x, node.add_constant("weight", weights), bias}, attributes)));
    return;
  }
  IntegerOperands operands =
      integer_operands(node, kTransposed, weights, weights.shape()[1], has_float_product(node));
  attributes.merge(node.requantize_attributes());
  attributes["x_zero_point"] = node.input_affine(kTransposed.x).zero_point;
  attributes["w_zero_point"] = operands.weight_zero_point;
  node.set_output(node.emit("qconv_transpose", std::move(operands.inputs), std::move(attributes)));
}

}  // namespace

std::span<const TfliteRule> tflite_weighted_rules() {
  static constexpr TfliteRule kRules[] = {
      {3, "CONV_2D", import_conv},
      {4, "DEPTHWISE_CONV_2D", import_depthwise_conv},
      {9, "FULLY_CONNECTED", import_fully_connected},
      {67, "TRANSPOSE_CONV", import_transpose_conv},
  };
  return kRules;
}

}  // namespace vta::import
