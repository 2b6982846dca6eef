// The interpreter against closed forms: arithmetic of every type, loops, blocks, copies,
// intrinsics.
#include "vta/loop/interpret.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "vta/base/error.h"
#include "vta/loop/text.h"

namespace vta::loop {
namespace {

// Runs `text` on zeroed arrays, the first of which is filled with 0, 1, 2, …; returns the last one.
std::vector<Value> run(std::string_view text, const Intrinsics& intrinsics = {}) {
  const Function f = parse(text);
  std::vector<Array> arrays;
  for (const Buffer& b : f.parameters) arrays.emplace_back(*b);
  for (size_t i = 0; i < arrays[0].values.size() && arrays.size() > 1; ++i) {
    arrays[0].values[i].integer = static_cast<int64_t>(i);
  }
  std::vector<Array*> arguments;
  for (Array& a : arrays) arguments.push_back(&a);
  interpret(f, arguments, intrinsics);
  return arrays.back().values;
}

int64_t value(const std::string& type, const std::string& expression) {
  return run("func f(R: " + type + "[1]) { R[0] = " + expression + " }")[0].integer;
}

std::string error_of(std::string_view text) {
  try {
    run(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Interpret, IntegersWrapAtTheirWidth) {
  EXPECT_EQ(value("i8", "127:i8 + 1:i8"), -128);
  EXPECT_EQ(value("u8", "0:u8 - 1:u8"), 255);
  EXPECT_EQ(value("i4", "7:i4 * 7:i4"), 1);
  EXPECT_EQ(value("i32", "i32(3000000000)"), -1294967296);
  EXPECT_EQ(value("i64", "i64(-1:i8)"), -1);
  EXPECT_EQ(value("u64", "18446744073709551615:u64 // 2:u64"), INT64_MAX);
}

TEST(Interpret, DivisionRoundsToMinusInfinity) {
  EXPECT_EQ(value("i64", "-7 // 2"), -4);
  EXPECT_EQ(value("i64", "-7 % 2"), 1);
  EXPECT_EQ(value("i64", "7 // -2"), -4);
  EXPECT_EQ(value("i64", "7 % -2"), -1);
}

TEST(Interpret, ShiftsBeyondTheWidthGiveTheLimit) {
  EXPECT_EQ(value("i8", "-128:i8 >> 3:i8"), -16);
  EXPECT_EQ(value("i8", "-128:i8 >> 9:i8"), -1);
  EXPECT_EQ(value("u8", "200:u8 >> 3:u8"), 25);
  EXPECT_EQ(value("i8", "1:i8 << 8:i8"), 0);
}

TEST(Interpret, FloatsRoundToTheirType) {
  const auto real = [](std::string_view text) { return run(text)[0].real; };
  EXPECT_EQ(real("func f(R: f32[1]) { R[0] = 16777216.0:f32 + 1.0:f32 }"), 16777216.0);
  EXPECT_EQ(real("func f(R: f64[1]) { R[0] = 16777216.0:f64 + 1.0:f64 }"), 16777217.0);
  EXPECT_EQ(real("func f(R: f32[1]) { R[0] = exp(1.0:f32) }"), static_cast<float>(std::exp(1.0)));
  EXPECT_EQ(value("i8", "i8(-3.9:f32)"), -3);
}

TEST(Interpret, AReductionStartsWithItsInit) {
  const auto sums =
      run("func f(A: i64[3, 4], R: i64[3]) {\n"
          "  for k in 4 { for i in 3 {\n"
          "    block R(vi in 3 = i, vk in 4 reduce = k) {\n"
          "      init { R[vi] = 100 }\n"
          "      R[vi] = R[vi] + A[vi, vk] } } } }");
  EXPECT_EQ(sums[0].integer, 106);
  EXPECT_EQ(sums[2].integer, 138);
}

TEST(Interpret, APredicateLeavesStepsOut) {
  const auto values =
      run("func f(R: i64[6]) { for o in 2 { for i in 4 {\n"
          "  block b(v in 6 = o * 4 + i) where o * 4 + i < 6 { R[v] = v + 1 } } } }");
  EXPECT_EQ(values[5].integer, 6);
}

TEST(Interpret, ACopyPadsWithZeros) {
  const auto values =
      run("func f(A: i64[2, 3], R: i64[4, 5]) {\n"
          "  for i in 4 { for j in 5 { R[i, j] = 9 } }\n"
          "  copy R[0:4, 0:5] = A[-1:4, -1:5] }");
  EXPECT_EQ(values[0].integer, 0);
  EXPECT_EQ(values[6].integer, 0);   // A[0, 0]
  EXPECT_EQ(values[7].integer, 1);   // A[0, 1]
  EXPECT_EQ(values[12].integer, 4);  // A[1, 1]
  EXPECT_EQ(values[14].integer, 0);
}

TEST(Interpret, AnIntrinsicSeesItsRegions) {
  const Intrinsics intrinsics = {
      {"dot", parse("func dot(r: i64[1], a: i64[3], b: i64[3]; s: i64) {\n"
                    "  for k in 3 { r[0] = r[0] + a[k] * b[k] * s } }")}};
  const auto values =
      run("func f(A: i64[2, 3], R: i64[2]) { for i in 2 {\n"
          "  call dot(R[i], A[i, 0:3], A[1, 0:3]; 2) } }",
          intrinsics);
  EXPECT_EQ(values[0].integer, 2 * (0 * 3 + 1 * 4 + 2 * 5));
  EXPECT_EQ(values[1].integer, 2 * (9 + 16 + 25));
}

TEST(Interpret, RequantiseIsTheInstructionSets) {
  // Half of x: factor 2^30 (a half of 2^31), no shift; zero point 0, clip from -128 to 127.
  EXPECT_EQ(value("i32", "requantise(100:i32, 1:i32, 1073741824:i32, 2139095040:i32)"), 51);
}

TEST(Interpret, ErrorsNameWhatWentOut) {
  EXPECT_EQ(error_of("func f(R: i64[4]) { for i in 5 { R[i] = i } }"), "R[4] is outside [4]");
  EXPECT_EQ(error_of("func f(R: i64[4]) { for i in 5 { block b(v in 4 = i) { R[v] = 1 } } }"),
            "block b: v is 4, must be from 0 to 3");
  EXPECT_EQ(error_of("func f(R: i64[4]) { for i in 4 { R[i] = 1 // i } }"), "division by zero");
  EXPECT_EQ(error_of("func f(R: i64[4]) { call nothing(R[0:4]) }"),
            "there is no intrinsic 'nothing'");
}

}  // namespace
}  // namespace vta::loop
