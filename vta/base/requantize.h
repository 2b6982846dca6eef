// Requantisation of a 32-bit accumulator to a narrow integer, as in TensorFlow Lite's reference
// kernels (tensorflow/lite/kernels/internal/common.h, MultiplyByQuantizedMultiplier; gemmlowp
// fixedpoint.h). This is the only definition of it in the project: the instruction set's fused
// requantise, the integer graph operators and the quantiser all use it.
#pragma once

#include <cstdint>
#include <limits>

namespace vta {

constexpr int32_t wrap_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
constexpr int32_t wrap_mul(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
}

// High half of 2ab, rounded to nearest with ties upwards (gemmlowp's comments say otherwise, its
// code and every engine built on it do this); the one overflow, both operands -2^31, saturates.
// With b = round(f * 2^31) this is a * f for f in [-1, 1).
constexpr int32_t saturating_rounding_doubling_high_mul(int32_t a, int32_t b) {
  constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
  if (a == kMin && b == kMin) return std::numeric_limits<int32_t>::max();
  const int64_t product = int64_t{a} * int64_t{b};
  const int64_t nudge = product >= 0 ? (int64_t{1} << 30) : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

// x / 2^exponent, rounded to nearest with ties away from zero; exponent in [0, 32].
constexpr int32_t rounding_divide_by_power_of_two(int32_t x, int exponent) {
  const int64_t mask = (int64_t{1} << exponent) - 1;
  const int64_t remainder = int64_t{x} & mask;
  const int64_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return static_cast<int32_t>((int64_t{x} >> exponent) + (remainder > threshold ? 1 : 0));
}

// x * factor * 2^(shift - 31): shift in [-32, 31], positive shifts left first and wraps at 32 bits.
constexpr int32_t multiply_by_quantized_multiplier(int32_t x, int32_t factor, int shift) {
  const int left = shift > 0 ? shift : 0;
  const int right = shift > 0 ? 0 : -shift;
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return rounding_divide_by_power_of_two(saturating_rounding_doubling_high_mul(shifted, factor),
                                         right);
}

// The same rounded once, to nearest with ties upwards: TFLite's dense layers. Shift in [-31, 30].
constexpr int64_t multiply_rounding_once(int32_t x, int32_t factor, int shift) {
  const int places = 31 - shift;
  return (int64_t{x} * factor + (int64_t{1} << (places - 1))) >> places;
}

// factor in [2^30, 2^31) and shift with real = factor * 2^(shift - 31), as TFLite's
// QuantizeMultiplier; 0 for real = 0.
struct QuantizedMultiplier {
  int32_t factor = 0;
  int shift = 0;
  bool operator==(const QuantizedMultiplier&) const = default;
};
// real >= 0 and finite. Too small to matter (shift below -31) gives 0; throws Error for shift
// over 30.
QuantizedMultiplier quantize_multiplier(double real);

// Of an integer from 1 to 127: multiply_by_quantized_multiplier(x, …) is x * value, without rounding.
constexpr QuantizedMultiplier exact_multiplier(int value) {
  return {value << 24, 7};
}
// The integer from 1 to 127 that it is exact for; 0 where there is none.
constexpr int exact_factor(const QuantizedMultiplier& m) {
  const int value = m.factor >> 24;
  return value > 0 && m == exact_multiplier(value) ? value : 0;
}

// The whole fused operation, per lane: bias, scale, zero point, clip. `wide` leaves the clip out.
struct Requantize {
  int32_t bias = 0;
  int32_t factor = 0;
  int shift = 0;       // [-32, 31]
  int zero_point = 0;  // [-128, 127]
  int clip_min = -128;
  int clip_max = 127;
  bool wide = false;
  bool operator==(const Requantize&) const = default;
};
constexpr int32_t requantize(int32_t x, const Requantize& r) {
  const int32_t scaled = multiply_by_quantized_multiplier(wrap_add(x, r.bias), r.factor, r.shift);
  const int32_t shifted = wrap_add(scaled, r.zero_point);
  if (r.wide) return shifted;
  if (shifted < r.clip_min) return r.clip_min;
  return shifted > r.clip_max ? r.clip_max : shifted;
}

}  // namespace vta
