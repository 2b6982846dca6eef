#include "vta/quantize/integer_ratio.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace vta::quantize {
namespace {

TEST(IntegerRatio, IsNearTheScales) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponent(-6, 6), scale(0.001, 0.1);
  for (int i = 0; i < 10'000; ++i) {
    const double a = scale(random), b = a * std::exp2(exponent(random));
    const auto ratio = integer_ratio(a, b);
    ASSERT_TRUE(ratio) << a << " " << b;
    ASSERT_GE(ratio->a, 1);
    ASSERT_LE(ratio->a, 127);
    ASSERT_GE(ratio->b, 1);
    ASSERT_LE(ratio->b, 127);
    const double larger = std::max(a, b);
    EXPECT_NEAR(ratio->a * ratio->unit, a, larger / 254);
    EXPECT_NEAR(ratio->b * ratio->unit, b, larger / 254);
  }
}

TEST(IntegerRatio, EqualScalesAreEqualFactors) {
  const auto ratio = integer_ratio(0.5, 0.5);
  ASSERT_TRUE(ratio);
  EXPECT_EQ(ratio->a, ratio->b);
}

TEST(IntegerRatio, IsNoneOfScalesFarApart) {
  EXPECT_FALSE(integer_ratio(1, 0.01));
  EXPECT_FALSE(integer_ratio(0.01, 1));
}

}  // namespace
}  // namespace vta::quantize
