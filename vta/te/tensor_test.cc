// Tensor expressions: what they lower to, and the values against closed forms.
#include "vta/te/tensor.h"

#include <gtest/gtest.h>

#include "vta/loop/text.h"
#include "vta/te/te_testing.h"

namespace vta::te {
namespace {

using loop::kInt32;
using loop::kInt8;

TEST(Tensor, AMatrixProductLowersToOneNest) {
  const Tensor a = placeholder({4, 8}, kInt8, "A"), b = placeholder({5, 8}, kInt8, "B");
  const Axis r = reduce_axis(8, "k");
  const Tensor c = compute(
      {4, 5}, [&](Var i, Var j) { return sum(cast(kInt32, a(i, r)) * cast(kInt32, b(j, r)), {r}); },
      "C");
  EXPECT_EQ(to_string(lower("matmul", {a, b, c})),
            "func matmul(A: i8[4, 8], B: i8[5, 8], C: i32[4, 5]) {\n"
            "  for C_i in 4 {\n"
            "    for C_j in 5 {\n"
            "      for C_k in 8 {\n"
            "        block C(vi in 4 = C_i, vj in 5 = C_j, vk in 8 reduce = C_k) {\n"
            "          init {\n"
            "            C[vi, vj] = 0:i32\n"
            "          }\n"
            "          C[vi, vj] = C[vi, vj] + i32(A[vi, vk]) * i32(B[vj, vk])\n"
            "        }\n"
            "      }\n"
            "    }\n"
            "  }\n"
            "}\n");
}

TEST(Tensor, StagesBetweenAreAllocatedInOrderOfUse) {
  const Tensor a = placeholder({6}, kInt32, "A");
  const Tensor twice = compute(
      {6}, [&](Var i) { return a(i) * constant(kInt32, 2); }, "T");
  const Tensor sum2 = compute(
      {5}, [&](Var i) { return twice(i) + twice(i + 1); }, "S");
  const loop::Function f = lower("f", {a, sum2});
  EXPECT_EQ(f.parameters.size(), 2U);
  const auto r = results(f);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(r[1][i], 2 * r[0][i] + 2 * r[0][i + 1]) << i;
}

TEST(Tensor, ReductionsStartFromTheirIdentity) {
  const Tensor a = placeholder({4, 3}, kInt8, "A");
  const Axis r = reduce_axis(3, "r");
  const Tensor highest = compute(
      {4}, [&](Var i) { return max_over(a(i, r), {r}); }, "H");
  const Tensor lowest = compute(
      {4}, [&](Var i) { return min_over(a(i, r), {r}); }, "L");
  const auto v = results(lower("f", {a, highest, lowest}));
  for (size_t i = 0; i < 4; ++i) {
    const auto row = v[0].begin() + static_cast<int64_t>(3 * i);
    EXPECT_EQ(v[1][i], *std::max_element(row, row + 3));
    EXPECT_EQ(v[2][i], *std::min_element(row, row + 3));
  }
}

// The interpreter is quick enough for operators at their real sizes.
TEST(Tensor, AConvolutionOfAMillionProducts) {
  constexpr int64_t kIn = 64, kOut = 64, kPixels = 256;
  const Tensor a = placeholder({kIn, 16, 16}, kInt8, "A"), w = placeholder({kOut, kIn}, kInt8, "W");
  const Axis r = reduce_axis(kIn, "c");
  const Tensor c = compute(
      {kOut, 16, 16},
      [&](Var o, Var y, Var x) {
        return sum(cast(kInt32, a(r, y, x)) * cast(kInt32, w(o, r)), {r});
      },
      "C");
  const auto v = results(lower("conv1x1", {a, w, c}));
  for (int64_t o = 0; o < kOut; ++o) {
    for (int64_t p = 0; p < kPixels; ++p) {
      int64_t expected = 0;
      for (int64_t i = 0; i < kIn; ++i) {
        expected +=
            v[0][static_cast<size_t>(i * kPixels + p)] * v[1][static_cast<size_t>(o * kIn + i)];
      }
      ASSERT_EQ(v[2][static_cast<size_t>(o * kPixels + p)], expected) << o << ", " << p;
    }
  }
}

std::string error_of(const auto& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Tensor, ErrorsSayWhatIsMissing) {
  const Tensor a = placeholder({4}, kInt32, "A");
  const Tensor b = compute(
      {4}, [&](Var i) { return a(i); }, "B");
  EXPECT_EQ(error_of([&] { lower("f", {b}); }), "f needs placeholder A, which is not a parameter");
  EXPECT_EQ(error_of([&] {
              compute(
                  {4, 4}, [&](Var i) { return a(i); }, "C");
            }),
            "compute C: the body must take 2 variables, one a dimension");
  EXPECT_EQ(error_of([&] { a(0, 1); }), "2 indices for A, which has 1 dimensions");
  EXPECT_EQ(error_of([&] { a(0) + 1; }),
            "operands of i32 and i64, must be of one type: cast one of them");
}

}  // namespace
}  // namespace vta::te
