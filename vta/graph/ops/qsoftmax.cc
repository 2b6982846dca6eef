// qsoftmax(x i8): attributes axis and scale, of x: softmax(scale * x) as integers of scale 1/256
// and zero point -128, in the fixed point of TensorFlow Lite's reference kernel
// (tensorflow/lite/kernels/internal/reference/softmax.h), by gemmlowp's exponential and reciprocal.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <bit>
#include <cmath>

#include "vta/base/requantize.h"
#include "vta/graph/ops/axes.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/movement.h"

namespace vta::graph {
namespace {

// Differences from the largest element have 5 integer bits, sums of exponentials 12.
constexpr int kDifferenceBits = 5;
constexpr int kSumBits = 12;
using Difference = gemmlowp::FixedPoint<int32_t, kDifferenceBits>;
using Sum = gemmlowp::FixedPoint<int32_t, kSumBits>;
using Unit = gemmlowp::FixedPoint<int32_t, 0>;

// How differences of integers become fixed-point numbers. Those below `lowest` would not fit: their
// exponential is 0.
struct Scaling {
  QuantizedMultiplier multiplier;
  int32_t lowest;
};

Scaling scaling_of(const Node& node) {
  const double scale = node.float_attr("scale");
  require(scale > 0 && std::isfinite(scale), "scale must be a finite number above 0, got {}",
          scale);
  const double real = std::min(scale * (1 << (31 - kDifferenceBits)), 0x1p31 - 1.0);
  require(real > 1, "scale must be above 2^-26, got {}", scale);
  const QuantizedMultiplier multiplier = quantize_multiplier(real);
  const double radius = ((1 << kDifferenceBits) - 1) * std::ldexp(1.0, 31 - kDifferenceBits) /
                        std::ldexp(1.0, multiplier.shift);
  return {multiplier, static_cast<int32_t>(-std::floor(radius))};
}

std::vector<TensorType> infer_qsoftmax(const Node& node, std::span<const InferInput> inputs,
                                       size_t) {
  require(inputs[0].type.dtype == DType::kInt8, "x must be i8, got {}", to_string(inputs[0].type));
  const Shape& shape = inputs[0].type.shape;
  const int64_t count = shape[normalize_axis(node.int_attr("axis"), shape.size())];
  require(count < 1 << kSumBits, "x has {} elements along the axis, the limit is {}", count,
          (1 << kSumBits) - 1);
  scaling_of(node);
  return {inputs[0].type};
}

Unit exponential(int32_t difference, const Scaling& scaling) {
  const int32_t scaled = multiply_by_quantized_multiplier(difference, scaling.multiplier.factor,
                                                          scaling.multiplier.shift);
  return gemmlowp::exp_on_negative_values(Difference::FromRaw(scaled));
}

// `count` elements, `stride` apart.
void qsoftmax_along(const int8_t* x, int8_t* y, int64_t count, int64_t stride,
                    const Scaling& scaling) {
  int32_t largest = -128;
  for (int64_t i = 0; i < count; ++i) largest = std::max<int32_t>(largest, x[i * stride]);
  Sum sum = Sum::Zero();
  for (int64_t i = 0; i < count; ++i) {
    const int32_t difference = x[i * stride] - largest;
    if (difference < scaling.lowest) continue;
    sum = sum + gemmlowp::Rescale<kSumBits>(exponential(difference, scaling));
  }
  // sum = 2^(bits - 1) * (1 + fraction)
  const int headroom = std::countl_zero(static_cast<uint32_t>(sum.raw()));
  const int bits = kSumBits - headroom;
  const uint32_t fraction = (static_cast<uint32_t>(sum.raw()) << (headroom + 1)) >> 1;
  const Unit reciprocal =
      gemmlowp::one_over_one_plus_x_for_x_in_0_1(Unit::FromRaw(static_cast<int32_t>(fraction)));
  for (int64_t i = 0; i < count; ++i) {
    const int32_t difference = x[i * stride] - largest;
    int32_t share = 0;
    if (difference >= scaling.lowest) {
      const Unit product = reciprocal * exponential(difference, scaling);
      share = rounding_divide_by_power_of_two(product.raw(), std::min(bits + 31 - 8, 32));
    }
    y[i * stride] = static_cast<int8_t>(std::clamp(share - 128, -128, 127));
  }
}

std::vector<Tensor> run_qsoftmax(const Node& node, std::span<const Tensor* const> inputs,
                                 std::span<const TensorType> outputs) {
  const Scaling scaling = scaling_of(node);
  const Tensor& x = *inputs[0];
  Tensor result(DType::kInt8, outputs[0].shape);
  const size_t axis = normalize_axis(node.int_attr("axis"), x.shape().size());
  const int64_t count = x.shape()[axis];
  const int64_t stride = row_major_strides(x.shape())[axis];
  const int8_t* const from = x.as<int8_t>().data();
  int8_t* const to = result.as<int8_t>().data();
  for (int64_t block = 0; block < x.size(); block += count * stride) {
    for (int64_t i = block; i < block + stride; ++i) {
      qsoftmax_along(from + i, to + i, count, stride, scaling);
    }
  }
  return {std::move(result)};
}

}  // namespace

std::span<const OpDef> qsoftmax_ops() {
  static const OpDef kOps[] = {
      {.name = "qsoftmax",
       .attributes = {{"axis", AttributeKind::kInt, int64_t{-1}},
                      {"scale", AttributeKind::kFloat, {}, true}},
       .infer = infer_qsoftmax,
       .run = run_qsoftmax},
  };
  return kOps;
}

}  // namespace vta::graph
