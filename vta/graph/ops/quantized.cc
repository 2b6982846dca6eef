// The integer network: values are scale * (q - zero_point); see vta/base/requantize.h for
// requantise(x, {bias, factor, shift, zero_point, clip_min, clip_max}). i8 unless said otherwise.
//
// quantize(x f32), dequantize(x): attributes scale, zero_point.
//   q = saturate(round_half_even(x / scale) + zero_point); x = (q - zero_point) * scale; in float.
// qconv(x[N,C,H,W], w[O,C/group,KH,KW], bias i32[O], factor i32[O], shift i32[O]): attributes as
// conv
//   and x_zero_point, w_zero_point; requantise(sum of (x - x_zero_point) * (w - w_zero_point)) with
//   the channel's bias, factor and shift. Padding contributes 0. Sums wrap at 32 bits.
// qconv_transpose(x[N,C,H,W], w[C,O/group,KH,KW], bias i32[O], factor i32[O], shift i32[O]):
//   attributes as conv_transpose, otherwise as qconv.
// qgemm(x[N,K], w[M,K], bias i32[M], factor i32[M], shift i32[M]): likewise x * transpose(w). With
//   round_once = 1 the product with the factor is rounded once, halves upwards, as TFLite's dense
//   layers do.
// qadd(a, b): as TFLite's ADD, for equal shapes: each operand, less its zero point and shifted left
//   by left_shift, is multiplied by its factor and shift; the sum is requantised.
// qmax_pool(x): as max_pool.
// qaverage_pool(x), qglobal_average_pool(x): attributes as the float pools, x_zero_point and scale
//   (of the input over that of the output): the sum of x - x_zero_point requantised with the factor
//   and shift of scale / divisor. qaverage_pool with exact_quotient = 1 and scale 1, as TFLite's
//   AVERAGE_POOL_2D: clip(sum / divisor + zero_point), the quotient rounded once, halves away from
//   zero.
// qrescale(x): requantise(x - x_zero_point).
//
// All but quantize, dequantize and qmax_pool end in a requantisation and have attributes
// zero_point, clip_min and clip_max; qadd and qrescale also factor and shift.
#include <cmath>

#include "vta/base/requantize.h"
#include "vta/graph/ops/convolve.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/pool.h"

namespace vta::graph {
namespace {

constexpr AttributeKind kInt = AttributeKind::kInt;
constexpr AttributeKind kFloat = AttributeKind::kFloat;
constexpr AttributeKind kInts = AttributeKind::kInts;

std::vector<AttributeDef> with(std::vector<AttributeDef> attributes,
                               const std::vector<AttributeDef>& more) {
  attributes.insert(attributes.end(), more.begin(), more.end());
  return attributes;
}

std::vector<AttributeDef> requantize_attributes() {
  return {{"zero_point", kInt}, {"clip_min", kInt, -128}, {"clip_max", kInt, 127}};
}

int ranged_attribute(const Node& node, const std::string& key, int64_t min, int64_t max) {
  const int64_t value = node.int_attr(key);
  require(value >= min && value <= max, "{} must be in [{}, {}], got {}", key, min, max, value);
  return static_cast<int>(value);
}

int zero_point_of(const Node& node, const std::string& key) {
  return ranged_attribute(node, key, -128, 127);
}

QuantizedMultiplier multiplier_of(const Node& node, const std::string& prefix) {
  return {ranged_attribute(node, prefix + "factor", INT32_MIN, INT32_MAX),
          ranged_attribute(node, prefix + "shift", -32, 31)};
}

Requantize requantize_of(const Node& node) {
  Requantize result;
  result.zero_point = zero_point_of(node, "zero_point");
  result.clip_min = zero_point_of(node, "clip_min");
  result.clip_max = zero_point_of(node, "clip_max");
  require(result.clip_min <= result.clip_max, "clip_min {} is above clip_max {}", result.clip_min,
          result.clip_max);
  return result;
}

void set_multiplier(Requantize& requantize, QuantizedMultiplier multiplier) {
  requantize.factor = multiplier.factor;
  requantize.shift = multiplier.shift;
}

int8_t requantized(int32_t x, const Requantize& parameters) {
  return static_cast<int8_t>(requantize(x, parameters));
}

void check_type(std::string_view what, const InferInput& input, DType dtype) {
  require(input.type.dtype == dtype, "{} must be {}, got {}", what, dtype_name(dtype),
          to_string(input.type));
}

// quantize, dequantize

float scale_of(const Node& node) {
  const auto scale = static_cast<float>(node.float_attr("scale"));
  require(scale > 0 && std::isfinite(scale), "scale must be a finite number above 0, got {}",
          scale);
  return scale;
}

std::vector<TensorType> infer_quantize(const Node& node, std::span<const InferInput> inputs,
                                       size_t) {
  check_type("x", inputs[0], DType::kFloat32);
  scale_of(node);
  zero_point_of(node, "zero_point");
  return {{DType::kInt8, inputs[0].type.shape}};
}

int8_t quantized(float x, float scale, int zero_point) {
  if (std::isnan(x)) return static_cast<int8_t>(zero_point);
  const float rounded = std::nearbyint(x / scale) + static_cast<float>(zero_point);
  return static_cast<int8_t>(std::clamp(rounded, -128.0F, 127.0F));
}

std::vector<Tensor> run_quantize(const Node& node, std::span<const Tensor* const> inputs,
                                 std::span<const TensorType> outputs) {
  const float scale = scale_of(node);
  const int zero_point = zero_point_of(node, "zero_point");
  Tensor result(DType::kInt8, outputs[0].shape);
  std::ranges::transform(inputs[0]->as<float>(), result.as<int8_t>().begin(),
                         [&](float x) { return quantized(x, scale, zero_point); });
  return {std::move(result)};
}

std::vector<TensorType> infer_dequantize(const Node& node, std::span<const InferInput> inputs,
                                         size_t) {
  check_type("x", inputs[0], DType::kInt8);
  scale_of(node);
  zero_point_of(node, "zero_point");
  return {{DType::kFloat32, inputs[0].type.shape}};
}

std::vector<Tensor> run_dequantize(const Node& node, std::span<const Tensor* const> inputs,
                                   std::span<const TensorType> outputs) {
  const float scale = scale_of(node);
  const int zero_point = zero_point_of(node, "zero_point");
  Tensor result(DType::kFloat32, outputs[0].shape);
  std::ranges::transform(inputs[0]->as<int8_t>(), result.as<float>().begin(),
                         [&](int8_t q) { return static_cast<float>(q - zero_point) * scale; });
  return {std::move(result)};
}

// qconv, qgemm

// Types of x, w and the three per-channel inputs, and the ranges of the attributes.
void check_accumulating(const Node& node, std::span<const InferInput> inputs, int64_t channels) {
  check_type("x", inputs[0], DType::kInt8);
  check_type("w", inputs[1], DType::kInt8);
  static constexpr const char* kNames[] = {"bias", "factor", "shift"};
  const TensorType expected{DType::kInt32, {channels}};
  for (size_t i = 2; i < 5; ++i) {
    require(inputs[i].type == expected, "{} must be {}, got {}", kNames[i - 2], to_string(expected),
            to_string(inputs[i].type));
  }
  zero_point_of(node, "x_zero_point");
  zero_point_of(node, "w_zero_point");
  requantize_of(node);
}

// The requantisation of each output channel.
std::vector<Requantize> channel_requantize(const Node& node,
                                           std::span<const Tensor* const> inputs) {
  const auto bias = inputs[2]->as<int32_t>(), factor = inputs[3]->as<int32_t>();
  const auto shift = inputs[4]->as<int32_t>();
  std::vector<Requantize> result(bias.size(), requantize_of(node));
  for (size_t i = 0; i < result.size(); ++i) {
    require(shift[i] >= -32 && shift[i] <= 31, "shift must be in [-32, 31], got {} for channel {}",
            shift[i], i);
    result[i].bias = bias[i];
    set_multiplier(result[i], {factor[i], shift[i]});
  }
  return result;
}

std::vector<TensorType> infer_qconv(const Node& node, std::span<const InferInput> inputs, size_t) {
  const Shape& x = inputs[0].type.shape;
  require(x.size() == 4, "x must be N x C x H x W, got shape {}", to_string(x));
  Shape shape = infer_convolution(node, x, inputs[1].type.shape);
  check_accumulating(node, inputs, shape[1]);
  return {{DType::kInt8, std::move(shape)}};
}

std::vector<Tensor> run_qconv(const Node& node, std::span<const Tensor* const> inputs,
                              std::span<const TensorType> outputs) {
  const std::vector<Requantize> channels = channel_requantize(node, inputs);
  Tensor result(DType::kInt8, outputs[0].shape);
  const Shape& shape = result.shape();
  int8_t* y = result.as<int8_t>().data();
  convolve<int8_t>(node, *inputs[0], zero_point_of(node, "x_zero_point"), *inputs[1],
                   zero_point_of(node, "w_zero_point"),
                   [&](int64_t image, int64_t o, int64_t first, std::span<const double> sums) {
                     int8_t* to = y + (image * shape[1] + o) * shape[2] * shape[3] + first;
                     for (const double sum : sums) {
                       *to++ = requantized(wrap_to_int32(sum), channels[o]);
                     }
                   });
  return {std::move(result)};
}

std::vector<TensorType> infer_qconv_transpose(const Node& node, std::span<const InferInput> inputs,
                                              size_t) {
  const Shape& x = inputs[0].type.shape;
  require(x.size() == 4, "x must be N x C x H x W, got shape {}", to_string(x));
  Shape shape = infer_transposed_convolution(node, x, inputs[1].type.shape);
  check_accumulating(node, inputs, shape[1]);
  return {{DType::kInt8, std::move(shape)}};
}

std::vector<Tensor> run_qconv_transpose(const Node& node, std::span<const Tensor* const> inputs,
                                        std::span<const TensorType> outputs) {
  const std::vector<Requantize> channels = channel_requantize(node, inputs);
  Tensor result(DType::kInt8, outputs[0].shape);
  const auto y = result.as<int8_t>();
  convolve_transposed<int8_t>(node, *inputs[0], zero_point_of(node, "x_zero_point"), *inputs[1],
                              zero_point_of(node, "w_zero_point"),
                              [&](int64_t image, int64_t o, std::span<const double> sums) {
                                const int64_t plane = image * result.shape()[1] + o;
                                std::ranges::transform(
                                    sums, y.begin() + plane * std::ssize(sums), [&](double sum) {
                                      return requantized(wrap_to_int32(sum), channels[o]);
                                    });
                              });
  return {std::move(result)};
}

bool rounds_once(const Node& node) {
  return ranged_attribute(node, "round_once", 0, 1) == 1;
}

int8_t requantized_once(int32_t x, const Requantize& r) {
  require(r.shift >= -31 && r.shift <= 30, "shift must be in [-31, 30] with round_once, got {}",
          r.shift);
  const int64_t scaled = multiply_rounding_once(wrap_add(x, r.bias), r.factor, r.shift);
  return static_cast<int8_t>(std::clamp<int64_t>(scaled + r.zero_point, r.clip_min, r.clip_max));
}

std::vector<TensorType> infer_qgemm(const Node& node, std::span<const InferInput> inputs, size_t) {
  const Shape& x = inputs[0].type.shape;
  const Shape& w = inputs[1].type.shape;
  require(x.size() == 2 && w.size() == 2 && x[1] == w[1],
          "x must be N x K and w M x K, got shapes {} and {}", to_string(x), to_string(w));
  check_accumulating(node, inputs, w[0]);
  rounds_once(node);
  return {{DType::kInt8, {x[0], w[0]}}};
}

std::vector<Tensor> run_qgemm(const Node& node, std::span<const Tensor* const> inputs,
                              std::span<const TensorType> outputs) {
  const std::vector<Requantize> channels = channel_requantize(node, inputs);
  const double zero = zero_point_of(node, "x_zero_point");
  const int64_t rows = outputs[0].shape[0], columns = outputs[0].shape[1];
  const int64_t depth = inputs[0]->shape()[1];
  std::vector<double> x(inputs[0]->as<int8_t>().begin(), inputs[0]->as<int8_t>().end());
  for (double& value : x) value -= zero;
  const auto w = inputs[1]->as<int8_t>();
  const double w_zero = zero_point_of(node, "w_zero_point");
  const auto narrow = rounds_once(node) ? requantized_once : requantized;
  Tensor result(DType::kInt8, outputs[0].shape);
  const auto y = result.as<int8_t>();
  multiply_by_tiles(
      x, rows, depth, columns,
      [&](int64_t first, int64_t count, double* tile) {
        for (int64_t t = 0; t < count; ++t) {
          for (int64_t d = 0; d < depth; ++d) {
            tile[d * kTileColumns + t] = w[(first + t) * depth + d] - w_zero;
          }
        }
      },
      [&](int64_t first, int64_t count, const double* sums) {
        for (int64_t r = 0; r < rows; ++r) {
          for (int64_t t = 0; t < count; ++t) {
            y[r * columns + first + t] =
                narrow(wrap_to_int32(sums[r * kTileColumns + t]), channels[first + t]);
          }
        }
      });
  return {std::move(result)};
}

// qadd, qrescale

std::vector<TensorType> infer_qadd(const Node& node, std::span<const InferInput> inputs, size_t) {
  check_type("a", inputs[0], DType::kInt8);
  require(inputs[1].type == inputs[0].type, "b must be {} as a, got {}", to_string(inputs[0].type),
          to_string(inputs[1].type));
  ranged_attribute(node, "left_shift", 0, 22);
  for (const char* prefix : {"a_", "b_", ""}) {
    zero_point_of(node, std::string(prefix) + "zero_point");
    multiplier_of(node, prefix);
  }
  requantize_of(node);
  return {inputs[0].type};
}

std::vector<Tensor> run_qadd(const Node& node, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs) {
  const int32_t unit = 1 << ranged_attribute(node, "left_shift", 0, 22);
  const int a_zero = zero_point_of(node, "a_zero_point"),
            b_zero = zero_point_of(node, "b_zero_point");
  const QuantizedMultiplier a = multiplier_of(node, "a_"), b = multiplier_of(node, "b_");
  Requantize sum = requantize_of(node);
  set_multiplier(sum, multiplier_of(node, ""));
  Tensor result(DType::kInt8, outputs[0].shape);
  std::ranges::transform(inputs[0]->as<int8_t>(), inputs[1]->as<int8_t>(),
                         result.as<int8_t>().begin(), [&](int8_t qa, int8_t qb) {
                           const int32_t xa = multiply_by_quantized_multiplier((qa - a_zero) * unit,
                                                                               a.factor, a.shift);
                           const int32_t xb = multiply_by_quantized_multiplier((qb - b_zero) * unit,
                                                                               b.factor, b.shift);
                           return requantized(wrap_add(xa, xb), sum);
                         });
  return {std::move(result)};
}

std::vector<TensorType> infer_qrescale(const Node& node, std::span<const InferInput> inputs,
                                       size_t) {
  check_type("x", inputs[0], DType::kInt8);
  zero_point_of(node, "x_zero_point");
  multiplier_of(node, "");
  requantize_of(node);
  return {inputs[0].type};
}

std::vector<Tensor> run_qrescale(const Node& node, std::span<const Tensor* const> inputs,
                                 std::span<const TensorType> outputs) {
  const int zero = zero_point_of(node, "x_zero_point");
  Requantize parameters = requantize_of(node);
  set_multiplier(parameters, multiplier_of(node, ""));
  Tensor result(DType::kInt8, outputs[0].shape);
  std::ranges::transform(inputs[0]->as<int8_t>(), result.as<int8_t>().begin(),
                         [&](int8_t q) { return requantized(q - zero, parameters); });
  return {std::move(result)};
}

// Pools

std::vector<TensorType> infer_windowed(const InferInput& x, const Window& window) {
  check_type("x", x, DType::kInt8);
  const Shape& shape = x.type.shape;
  return {{DType::kInt8, output_shape(window, shape[0], shape[1], shape.size() - 2)}};
}

void check_averaging(const Node& node) {
  zero_point_of(node, "x_zero_point");
  requantize_of(node);
  const double scale = node.float_attr("scale");
  require(scale > 0, "scale must be above 0, got {}", scale);
  quantize_multiplier(scale);  // throws where it does not fit; a divisor only makes it smaller
}

bool has_exact_quotient(const Node& node) {
  return ranged_attribute(node, "exact_quotient", 0, 1) == 1;
}

std::vector<TensorType> infer_qmax_pool(const Node& node, std::span<const InferInput> inputs,
                                        size_t) {
  return infer_windowed(inputs[0], pool_window(node, inputs[0].type.shape));
}

std::vector<TensorType> infer_qaverage_pool(const Node& node, std::span<const InferInput> inputs,
                                            size_t) {
  check_averaging(node);
  require(!has_exact_quotient(node) || node.float_attr("scale") == 1,
          "scale must be 1 with exact_quotient, got {}", node.float_attr("scale"));
  return infer_windowed(inputs[0], pool_window(node, inputs[0].type.shape));
}

std::vector<TensorType> infer_qglobal_average_pool(const Node& node,
                                                   std::span<const InferInput> inputs, size_t) {
  check_averaging(node);
  return infer_windowed(inputs[0], global_window(inputs[0].type.shape));
}

std::vector<Tensor> run_qmax_pool(const Node& node, std::span<const Tensor* const> inputs,
                                  std::span<const TensorType>) {
  return {max_pool(pool_window(node, inputs[0]->shape()), *inputs[0])};
}

// The sum as the quotient that it is, halves away from zero.
int8_t exact_average(double sum, int64_t divisor, const Requantize& parameters) {
  const double quotient = std::round(sum / static_cast<double>(divisor)) + parameters.zero_point;
  return static_cast<int8_t>(std::clamp(quotient, static_cast<double>(parameters.clip_min),
                                        static_cast<double>(parameters.clip_max)));
}

int8_t scaled_average(double sum, int64_t divisor, double scale, Requantize& parameters) {
  set_multiplier(parameters, quantize_multiplier(scale / static_cast<double>(divisor)));
  return requantized(wrap_to_int32(sum), parameters);
}

Tensor qaverage(const Node& node, const Window& window, bool count_include_pad, bool exact,
                const Tensor& x, const Shape& shape) {
  const double scale = node.float_attr("scale");
  Requantize parameters = requantize_of(node);
  Tensor result(DType::kInt8, shape);
  const auto y = result.as<int8_t>();
  sum_windows(window, count_include_pad, x.as<int8_t>(), zero_point_of(node, "x_zero_point"),
              [&](size_t output, double sum, int64_t divisor) {
                y[output] = exact ? exact_average(sum, divisor, parameters)
                                  : scaled_average(sum, divisor, scale, parameters);
              });
  return result;
}

std::vector<Tensor> run_qaverage_pool(const Node& node, std::span<const Tensor* const> inputs,
                                      std::span<const TensorType> outputs) {
  return {qaverage(node, pool_window(node, inputs[0]->shape()),
                   node.int_attr("count_include_pad") != 0, has_exact_quotient(node), *inputs[0],
                   outputs[0].shape)};
}

std::vector<Tensor> run_qglobal_average_pool(const Node& node,
                                             std::span<const Tensor* const> inputs,
                                             std::span<const TensorType> outputs) {
  return {qaverage(node, global_window(inputs[0]->shape()), false, false, *inputs[0],
                   outputs[0].shape)};
}

// Tables of attributes

std::vector<AttributeDef> qconv_attributes() {
  return with({{"strides", kInts},
               {"dilations", kInts},
               {"pads", kInts},
               {"group", kInt, 1},
               {"x_zero_point", kInt},
               {"w_zero_point", kInt}},
              requantize_attributes());
}

std::vector<AttributeDef> qconv_transpose_attributes() {
  return with(qconv_attributes(), {{"output_padding", kInts}});
}

std::vector<AttributeDef> qadd_attributes() {
  return with({{"left_shift", kInt, {}, true},
               {"a_zero_point", kInt},
               {"a_factor", kInt, {}, true},
               {"a_shift", kInt, {}, true},
               {"b_zero_point", kInt},
               {"b_factor", kInt, {}, true},
               {"b_shift", kInt, {}, true},
               {"factor", kInt, {}, true},
               {"shift", kInt, {}, true}},
              requantize_attributes());
}

std::vector<AttributeDef> averaging_attributes() {
  return with({{"x_zero_point", kInt}, {"scale", kFloat, {}, true}}, requantize_attributes());
}

}  // namespace

std::span<const OpDef> quantized_ops() {
  static const OpDef kOps[] = {
      {.name = "quantize",
       .attributes = {{"scale", kFloat, {}, true}, {"zero_point", kInt}},
       .infer = infer_quantize,
       .run = run_quantize},
      {.name = "dequantize",
       .attributes = {{"scale", kFloat, {}, true}, {"zero_point", kInt}},
       .infer = infer_dequantize,
       .run = run_dequantize},
      {.name = "qconv",
       .min_inputs = 5,
       .max_inputs = 5,
       .attributes = qconv_attributes(),
       .infer = infer_qconv,
       .run = run_qconv,
       .complete = complete_window_attributes},
      {.name = "qconv_transpose",
       .min_inputs = 5,
       .max_inputs = 5,
       .attributes = qconv_transpose_attributes(),
       .infer = infer_qconv_transpose,
       .run = run_qconv_transpose,
       .complete = complete_window_attributes},
      {.name = "qgemm",
       .min_inputs = 5,
       .max_inputs = 5,
       .attributes = with({{"x_zero_point", kInt}, {"w_zero_point", kInt}, {"round_once", kInt}},
                          requantize_attributes()),
       .infer = infer_qgemm,
       .run = run_qgemm},
      {.name = "qadd",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = qadd_attributes(),
       .infer = infer_qadd,
       .run = run_qadd},
      {.name = "qrescale",
       .attributes =
           with({{"x_zero_point", kInt}, {"factor", kInt, {}, true}, {"shift", kInt, {}, true}},
                requantize_attributes()),
       .infer = infer_qrescale,
       .run = run_qrescale},
      {.name = "qmax_pool",
       .attributes = pool_attributes(),
       .infer = infer_qmax_pool,
       .run = run_qmax_pool,
       .complete = complete_window_attributes},
      {.name = "qaverage_pool",
       .attributes =
           with(with(pool_attributes(), {{"count_include_pad", kInt}, {"exact_quotient", kInt}}),
                averaging_attributes()),
       .infer = infer_qaverage_pool,
       .run = run_qaverage_pool,
       .complete = complete_window_attributes},
      {.name = "qglobal_average_pool",
       .attributes = averaging_attributes(),
       .infer = infer_qglobal_average_pool,
       .run = run_qglobal_average_pool},
  };
  return kOps;
}

}  // namespace vta::graph
