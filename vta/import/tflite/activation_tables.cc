// Quantised activations, for every byte once: the fixed point of TensorFlow Lite's reference
// kernels (tensorflow/lite/kernels/activations.cc; internal/reference: integer_ops/logistic.h and
// tanh.h, hard_swish.h, leaky_relu.h), by gemmlowp's arithmetic.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <algorithm>
#include <cmath>

#include "vta/base/requantize.h"
#include "vta/import/tflite/rules.h"

namespace vta::import {
namespace {

// Of f(q - the input's zero point), clipped to bytes.
template <typename F>
Tensor table_of(const OperatorImporter& node, F&& f) {
  const auto zero = static_cast<int32_t>(node.input_affine(0).zero_point);
  Tensor table(DType::kInt8, {256});
  for (int32_t q = -128; q < 128; ++q) {
    table.as<int8_t>()[q + 128] = static_cast<int8_t>(std::clamp(f(q - zero), -128, 127));
  }
  return table;
}

// What logistic and tanh compute with: 4 integer bits, and the distance from 0 where they are flat.
constexpr int kInputBits = 4;
using Input = gemmlowp::FixedPoint<int32_t, kInputBits>;

struct FlatBeyond {
  QuantizedMultiplier multiplier;
  int32_t radius;

  explicit FlatBeyond(double scale)
      : multiplier(quantize_multiplier(
            std::min(scale * (1 << (31 - kInputBits)), static_cast<double>(INT32_MAX) / 2))),
        radius(static_cast<int32_t>(
            std::min(std::floor(((1 << kInputBits) - 1) *
                                std::ldexp(1.0, 31 - kInputBits - multiplier.shift)),
                     static_cast<double>(INT32_MAX)))) {}

  Input scaled(int32_t x) const {
    return Input::FromRaw(multiply_by_quantized_multiplier(x, multiplier.factor, multiplier.shift));
  }
};

void require_output(const OperatorImporter& node, float scale, int64_t zero_point) {
  const TfliteAffine y = node.output_affine();
  require(y.scale == scale && y.zero_point == zero_point,
          "its output has scale {} and zero point {}, must have {} and {} (as i8)", y.scale,
          y.zero_point, scale, zero_point);
}

// Fixed point of 16 bits for hard swish.

int16_t saturated(int64_t x) {
  return static_cast<int16_t>(std::clamp<int64_t>(x, INT16_MIN, INT16_MAX));
}
int16_t shifted_left(int16_t x, int places) {
  return saturated(int64_t{x} * (int64_t{1} << std::min(places, 31)));
}
int16_t rounded_product(int16_t a, int16_t b) {
  return gemmlowp::SaturatingRoundingDoublingHighMul(a, b);
}
int16_t truncated_product(int16_t a, int16_t b) {
  return saturated(int32_t{a} * int32_t{b} / (1 << 15));
}

// The 16-bit factor and exponent of a real number.
struct Multiplier16 {
  int16_t factor;
  int shift;
  explicit Multiplier16(float real) {
    const QuantizedMultiplier wide = quantize_multiplier(real);
    factor = saturated((int64_t{wide.factor} + (1 << 15)) >> 16);
    shift = wide.shift;
  }
};

}  // namespace

Tensor tflite_logistic_table(const OperatorImporter& node) {
  require_output(node, 1.0F / 256, -128);
  const FlatBeyond input(double{node.input_affine(0).scale});
  return table_of(node, [&](int32_t x) {
    if (x <= -input.radius) return -128;
    if (x >= input.radius) return 127;
    return gemmlowp::RoundingDivideByPOT(gemmlowp::logistic(input.scaled(x)).raw(), 31 - 8) - 128;
  });
}

Tensor tflite_tanh_table(const OperatorImporter& node) {
  require_output(node, 1.0F / 128, 0);
  const FlatBeyond input(double{node.input_affine(0).scale});
  return table_of(node, [&](int32_t x) {
    if (x <= -input.radius) return -128;
    if (x >= input.radius) return 127;
    return gemmlowp::RoundingDivideByPOT(gemmlowp::tanh(input.scaled(x)).raw(), 31 - 7);
  });
}

Tensor tflite_hard_swish_table(const OperatorImporter& node) {
  const TfliteAffine y = node.output_affine();
  const float fine_scale = (1.0F / 128) * node.input_affine(0).scale;
  const float reluish_scale = 3.0F / 32768;
  const Multiplier16 to_output(fine_scale / y.scale);
  const Multiplier16 to_reluish(fine_scale / reluish_scale);
  require(to_output.shift <= 0, "its output's scale {} is too small for its input's {}", y.scale,
          node.input_affine(0).scale);
  return table_of(node, [&](int32_t x) {
    const auto fine = static_cast<int16_t>(x * 128);
    int16_t reluish = fine;  // (x / 3), saturated at 1, in 15 bits
    if (to_reluish.shift > 0) reluish = shifted_left(reluish, to_reluish.shift - 1);
    reluish = rounded_product(reluish, to_reluish.factor);
    if (to_reluish.shift > 0) reluish = shifted_left(reluish, 1);
    if (to_reluish.shift < 0) {
      reluish = static_cast<int16_t>(
          rounding_divide_by_power_of_two(reluish, std::min(-to_reluish.shift, 31)));
    }
    reluish = static_cast<int16_t>((reluish + (1 << 15)) >> 1);  // to [0, 1]
    const int16_t product = truncated_product(reluish, rounded_product(fine, to_output.factor));
    return rounding_divide_by_power_of_two(product, std::min(-to_output.shift, 31)) +
           static_cast<int32_t>(y.zero_point);
  });
}

Tensor tflite_leaky_relu_table(const OperatorImporter& node) {
  const float x_scale = node.input_affine(0).scale;
  const TfliteAffine y = node.output_affine();
  const float alpha = node.options().alpha;
  require(alpha >= 0, "alpha is {}; negative ones of quantised tensors are not supported", alpha);
  const QuantizedMultiplier above = quantize_multiplier(x_scale / y.scale);
  const QuantizedMultiplier below = quantize_multiplier(x_scale * alpha / y.scale);
  return table_of(node, [&](int32_t x) {
    const QuantizedMultiplier& m = x >= 0 ? above : below;
    return wrap_add(multiply_by_quantized_multiplier(x, m.factor, m.shift),
                    static_cast<int32_t>(y.zero_point));
  });
}

}  // namespace vta::import
