#include "vta/base/requantize.h"

#include <gemmlowp/fixedpoint/fixedpoint.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "vta/base/error.h"

namespace vta {
namespace {

constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax = std::numeric_limits<int32_t>::max();

// The formula is usable at compile time; ties go away from zero.
static_assert(saturating_rounding_doubling_high_mul(kMin, kMin) == kMax);
static_assert(saturating_rounding_doubling_high_mul(kMin, kMax) == -kMax);
static_assert(saturating_rounding_doubling_high_mul(1000, 1 << 30) == 500);
static_assert(rounding_divide_by_power_of_two(3, 1) == 2);
static_assert(rounding_divide_by_power_of_two(-3, 1) == -2);
static_assert(rounding_divide_by_power_of_two(-5, 2) == -1);
static_assert(rounding_divide_by_power_of_two(kMin, 31) == -1);
static_assert(rounding_divide_by_power_of_two(kMax, 32) == 0);
static_assert(multiply_by_quantized_multiplier(100, 1 << 30, 1) == 100);
static_assert(multiply_by_quantized_multiplier(101, 1 << 30, -1) == 26);
static_assert(multiply_by_quantized_multiplier(-255, exact_multiplier(127).factor, 7) == -255 * 127);
static_assert(exact_factor(exact_multiplier(3)) == 3);
static_assert(exact_factor({(3 << 24) + 1, 7}) == 0);
static_assert(exact_factor({3 << 24, 6}) == 0);
static_assert(requantize(1000, {.bias = 24, .factor = 1 << 30, .shift = -2, .zero_point = -3}) ==
              125);
static_assert(requantize(1024, {.factor = 1 << 30, .shift = 0}) == 127);
static_assert(requantize(-1024, {.factor = 1 << 30, .shift = 0, .clip_min = 0}) == 0);
static_assert(requantize(1024, {.factor = 1 << 30, .shift = 0, .wide = true}) == 512);

// Values around every power of two, and both ends of the range.
std::vector<int32_t> corner_values() {
  std::vector<int32_t> values = {0, kMin, kMin + 1, kMax, kMax - 1};
  for (int bit = 0; bit < 31; ++bit) {
    const int32_t power = 1 << bit;
    values.insert(values.end(), {power, power - 1, power + 1, -power, -power - 1, 1 - power});
  }
  return values;
}

// Uniform in magnitude's number of bits, so that small values come as often as large ones.
class Values {
 public:
  int32_t next() {
    const uint64_t bits = random_();
    return static_cast<int32_t>(static_cast<uint32_t>(bits)) >> (bits >> 32) % 32;
  }
  int below(int limit) { return static_cast<int>(random_() % static_cast<uint64_t>(limit)); }

 private:
  std::mt19937_64 random_{20240501};
};

int32_t gemmlowp_multiply(int32_t x, int32_t factor, int shift) {
  const int left = std::max(shift, 0);
  const int right = std::max(-shift, 0);
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return gemmlowp::RoundingDivideByPOT(gemmlowp::SaturatingRoundingDoublingHighMul(shifted, factor),
                                       right);
}

TEST(Requantize, HighMulIsThatOfGemmlowpOnCorners) {
  for (const int32_t a : corner_values()) {
    for (const int32_t b : corner_values()) {
      ASSERT_EQ(saturating_rounding_doubling_high_mul(a, b),
                gemmlowp::SaturatingRoundingDoublingHighMul(a, b))
          << a << " * " << b;
    }
  }
}

TEST(Requantize, DivideIsThatOfGemmlowpOnCorners) {
  for (const int32_t x : corner_values()) {
    for (int exponent = 0; exponent <= 31; ++exponent) {
      ASSERT_EQ(rounding_divide_by_power_of_two(x, exponent),
                gemmlowp::RoundingDivideByPOT(x, exponent))
          << x << " / 2^" << exponent;
    }
    ASSERT_EQ(rounding_divide_by_power_of_two(x, 32), x == kMin ? -1 : 0) << x;
  }
}

TEST(Requantize, MultiplyIsThatOfGemmlowpOnCorners) {
  for (const int32_t x : corner_values()) {
    for (const int32_t factor : {0, 1 << 30, (1 << 30) + 1, 0x5a827999, kMax - 1, kMax}) {
      for (int shift = -31; shift <= 31; ++shift) {
        ASSERT_EQ(multiply_by_quantized_multiplier(x, factor, shift),
                  gemmlowp_multiply(x, factor, shift))
            << x << " by " << factor << " shift " << shift;
      }
    }
  }
}

TEST(Requantize, EachStepIsThatOfGemmlowpOnRandomValues) {
  Values values;
  for (int i = 0; i < 5'000'000; ++i) {
    const int32_t a = values.next();
    const int32_t b = values.next();
    const int shift = values.below(63) - 31;
    ASSERT_EQ(saturating_rounding_doubling_high_mul(a, b),
              gemmlowp::SaturatingRoundingDoublingHighMul(a, b))
        << a << " * " << b;
    ASSERT_EQ(rounding_divide_by_power_of_two(a, std::abs(shift)),
              gemmlowp::RoundingDivideByPOT(a, std::abs(shift)))
        << a << " / 2^" << std::abs(shift);
    ASSERT_EQ(multiply_by_quantized_multiplier(a, b, shift), gemmlowp_multiply(a, b, shift))
        << a << " by " << b << " shift " << shift;
  }
}

TEST(Requantize, MultiplierRepresentsTheReal) {
  for (const double real : {1.0, 0.5, 0.1, 1e-6, 0.9999999999, 3.0, 1234.5, 0x1p-31, 0x1p29}) {
    const QuantizedMultiplier m = quantize_multiplier(real);
    EXPECT_GE(m.factor, 1 << 30) << real;
    EXPECT_NEAR(std::ldexp(static_cast<double>(m.factor), m.shift - 31) / real, 1.0, 0x1p-31);
  }
  EXPECT_EQ(quantize_multiplier(0.5), (QuantizedMultiplier{1 << 30, 0}));
  EXPECT_EQ(quantize_multiplier(1.0 - 1e-15), (QuantizedMultiplier{1 << 30, 1}));  // carries over
}

TEST(Requantize, MultiplierRefusesWhatItCannotRepresent) {
  EXPECT_EQ(quantize_multiplier(0), QuantizedMultiplier{});
  EXPECT_EQ(quantize_multiplier(0x1p-34), QuantizedMultiplier{});
  EXPECT_THROW(quantize_multiplier(-0.5), Error);
  EXPECT_THROW(quantize_multiplier(std::nan("")), Error);
  EXPECT_THROW(quantize_multiplier(INFINITY), Error);
  EXPECT_THROW(quantize_multiplier(0x1p31), Error);
}

}  // namespace
}  // namespace vta
