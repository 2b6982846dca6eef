// The text form: everything that the IR can say prints, and parses back to the same text.
#include "vta/loop/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/error.h"

namespace vta::loop {
namespace {

void expect_round_trip(std::string_view text) {
  EXPECT_EQ(to_string(parse(text)), text);
}

std::string error_of(std::string_view text) {
  try {
    parse(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(LoopText, AMatrixProductRoundTrips) {
  expect_round_trip(
      "func matmul(A: i8[4, 8], B: i8[4, 8], C: i32[4, 4]) {\n"
      "  for i in 4 parallel {\n"
      "    for j in 4 {\n"
      "      for k in 8 unrolled @pragma=\"x\" {\n"
      "        block C(vi in 4 = i, vj in 4 = j, vk in 8 reduce = k) {\n"
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

TEST(LoopText, ScratchpadsCopiesAndIntrinsicsRoundTrip) {
  expect_round_trip(
      "func f(A: i8[10, 16]; n: i32) {\n"
      "  for t in 2 vthread {\n"
      "    scope {\n"
      "      alloc a: i8[4, 16] inp strides [32, 1]\n"
      "      copy a[0:4, 0:16] = A[t * 4 - 1:4, 0:16]\n"
      "      call gemm(a[0, 0:16], A[t, 0:16]; n, 3)\n"
      "    }\n"
      "    alloc b: f32[2] local\n"
      "    b[t] = exp(b[t]) / 0.5:f32\n"
      "    if t < 1 & n == 3:i32 {\n"
      "      b[0] = select(t == 0, -1.5:f32, f32(n))\n"
      "    }\n"
      "  }\n"
      "}\n");
}

TEST(LoopText, ParenthesesStandOnlyWhereNeeded) {
  expect_round_trip(
      "func f(A: i64[100]) {\n"
      "  for i in 10 {\n"
      "    A[(i + 1) * 2 - (3 - i) // 4 % 5] = min(i << 2, max(i >> 1, i & 7 | i ^ 3))\n"
      "    A[i] = -7 - i - 1\n"
      "  }\n"
      "}\n");
}

TEST(LoopText, ConstantsOfEveryTypeRoundTrip) {
  expect_round_trip(
      "func f(A: i4[1], B: u8[1], C: f64[1], D: bool[1], E: f32[1]) {\n"
      "  A[0] = -8:i4\n"
      "  B[0] = 255:u8\n"
      "  C[0] = 1e-300:f64\n"
      "  D[0] = 1:bool\n"
      "  E[0] = inf:f32\n"
      "}\n");
}

TEST(LoopText, ASecondLoopOfANameIsNumbered) {
  const Buffer a = make_buffer("A", kIndex, {4});
  const Var i("i"), other("i");
  const Function f{"f",
                   {a},
                   make_seq({make_for(i, 4, make_store(a, {i}, i)),
                             make_for(other, 4, make_store(a, {other}, other))})};
  EXPECT_THAT(to_string(f), testing::HasSubstr("for i_1 in 4 {\n    A[i_1] = i_1\n"));
}

TEST(LoopText, APredicateIsOverTheLoopsOutside) {
  expect_round_trip(
      "func f(A: i64[10]) {\n"
      "  for o in 3 {\n"
      "    for i in 4 {\n"
      "      block b(v in 10 = o * 4 + i) where o * 4 + i < 10 {\n"
      "        A[v] = v\n"
      "      }\n"
      "    }\n"
      "  }\n"
      "}\n");
}

TEST(LoopText, ErrorsNameLineAndColumn) {
  EXPECT_EQ(error_of("func f() {\n  x[0] = 1\n}"), "line 2, column 3: buffer 'x' is not defined");
  EXPECT_EQ(
      error_of("func f(A: i7[1]) {}"),
      "line 1, column 11: 'i7' is not an element type: i2, i4, i8, i16, i32, i64, u2, u4, u8, "
      "u16, u32, u64, f32, f64, bool");
  EXPECT_EQ(error_of("func f(A: i8[1]) { A[0] = 1 }"),
            "line 1, column 20: a value of type i64 stored to A, which holds i8");
  EXPECT_EQ(error_of("func f(A: i8[1]) { A[0] = 300:i8 }"),
            "line 1, column 27: 300 does not fit i8");
  EXPECT_EQ(error_of("func f(A: i64[1]) { for i in 4 sideways { A[0] = i } }"),
            "line 1, column 32: 'sideways' is not a kind of loop: serial, parallel, vectorized, "
            "unrolled, vthread");
  EXPECT_EQ(error_of("func f(A: i64[1]) { A[0] = j }"),
            "line 1, column 28: variable 'j' is not defined here");
  EXPECT_EQ(error_of("func f(A: i64[1]) { A[0] = 1.5 }"),
            "line 1, column 28: '1.5' is not a constant of type i64");
  EXPECT_EQ(error_of("func f(A: i64[1]) {"), "line 1, column 20: expected a buffer, got the end");
}

}  // namespace
}  // namespace vta::loop
