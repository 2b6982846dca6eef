// Two products from one multiplier (rtl/vta_mul_pair.sv) are right for every operand.
#include <gtest/gtest.h>

#include "Vmul_pair_4_4.h"
#include "Vmul_pair_8_2.h"
#include "Vmul_pair_8_8.h"

namespace vta::rtlsim {
namespace {

int sign_extend(int value, int bits) {
  return static_cast<int>(static_cast<unsigned>(value) << (32 - bits)) >> (32 - bits);
}

template <class Model>
void expect_all_right(int x_bits, int w_bits) {
  const int x_low = -(1 << (x_bits - 1));
  const int w_low = -(1 << (w_bits - 1));
  const int x_mask = (1 << x_bits) - 1;
  const int w_mask = (1 << w_bits) - 1;
  Model mul;
  mul.clk_i = 0;
  mul.en_i = 1;
  mul.eval();
  int wrong = 0;
  for (int x = x_low; x < -x_low; ++x) {
    for (int w0 = w_low; w0 < -w_low; ++w0) {
      for (int w1 = w_low; w1 < -w_low; ++w1) {
        mul.x_i = static_cast<uint8_t>(x & x_mask);
        mul.w0_i = static_cast<uint8_t>(w0 & w_mask);
        mul.w1_i = static_cast<uint8_t>(w1 & w_mask);
        mul.clk_i = 1;
        mul.eval();
        mul.clk_i = 0;
        mul.eval();
        const bool right = sign_extend(mul.p0_o, x_bits + w_bits) == x * w0 &&
                           sign_extend(mul.p1_o, x_bits + w_bits) == x * w1;
        if (!right && wrong++ < 5) ADD_FAILURE() << x << " * " << w0 << ", " << w1;
      }
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST(MulPair, BothProductsAreRightForAllOperandsOf8Bits) {
  expect_all_right<Vmul_pair_8_8>(8, 8);
}
TEST(MulPair, BothProductsAreRightForAllOperandsOf4Bits) {
  expect_all_right<Vmul_pair_4_4>(4, 4);
}
TEST(MulPair, BothProductsAreRightForAllActivationsOf8AndWeightsOf2Bits) {
  expect_all_right<Vmul_pair_8_2>(8, 2);
}

}  // namespace
}  // namespace vta::rtlsim
