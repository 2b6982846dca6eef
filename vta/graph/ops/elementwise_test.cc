// Corners that ONNX's backend tests do not reach: integer limits, half floats, NaN.
#include <gtest/gtest.h>

#include <limits>

#include "vta/graph/op_testing.h"

namespace vta::graph {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

template <typename T>
Tensor row(const std::vector<T>& values) {
  return Tensor::of<T>({static_cast<int64_t>(values.size())}, values);
}

TEST(Elementwise, IntegersWrap) {
  const Tensor lowest = row<int32_t>({INT32_MIN, INT32_MAX});
  EXPECT_EQ(run_op("add", {lowest, row<int32_t>({-1, 1})}), row<int32_t>({INT32_MAX, INT32_MIN}));
  EXPECT_EQ(run_op("mul", {lowest, row<int32_t>({-1, 2})}), row<int32_t>({INT32_MIN, -2}));
  EXPECT_EQ(run_op("div", {lowest, row<int32_t>({-1, 2})}),
            row<int32_t>({INT32_MIN, INT32_MAX / 2}));
  EXPECT_EQ(run_op("abs", {lowest}), lowest);
  EXPECT_EQ(run_op("neg", {lowest}), row<int32_t>({INT32_MIN, -INT32_MAX}));
  EXPECT_EQ(run_op("mul", {row<uint16_t>({65535}), row<uint16_t>({65535})}), row<uint16_t>({1}));
}

TEST(Elementwise, IntegerDivisionByZeroIsAnError) {
  EXPECT_THROW(run_op("div", {row<int8_t>({1}), row<int8_t>({0})}), Error);
  EXPECT_TRUE(std::isinf(run_op("div", {row<float>({1}), row<float>({0})}).as<float>()[0]));
}

TEST(Elementwise, PowersOfIntegersAreExact) {
  const Tensor base = row<int64_t>({3, -2, 2, -1, 0});
  const Tensor exponent = row<int64_t>({39, 63, -1, -3, 0});
  EXPECT_EQ(run_op("pow", {base, exponent}),
            row<int64_t>({4052555153018976267, INT64_MIN, 0, -1, 1}));
}

TEST(Elementwise, NaNWinsEveryMaximum) {
  for (const std::string op : {"max", "min"}) {
    const Tensor result = run_op(op, {row<float>({kNaN, 1, 2}), row<float>({1, kNaN, 3})});
    EXPECT_TRUE(std::isnan(result.as<float>()[0])) << op;
    EXPECT_TRUE(std::isnan(result.as<float>()[1])) << op;
    EXPECT_EQ(result.as<float>()[2], op == "max" ? 3.0F : 2.0F);
  }
  const Tensor x = row<float>({1, kNaN, 3});
  EXPECT_TRUE(std::isnan(run_op("reduce_max", {x}).as<float>()[0]));
  EXPECT_TRUE(std::isnan(run_op("relu", {x}).as<float>()[1]));
}

TEST(Elementwise, HalfFloatsAreComputedWide) {
  const Tensor a = row<float>({1.5F, -2, 60000});
  const Tensor b = row<float>({0.25F, 3, 60000});
  for (const DType half : {DType::kFloat16, DType::kBFloat16}) {
    const Tensor sum = run_op("add", {a.cast(half), b.cast(half)});
    EXPECT_EQ(sum.dtype(), half);
    EXPECT_EQ(sum.cast(DType::kFloat32).as<float>()[0], 1.75F);
    EXPECT_EQ(std::isinf(sum.cast(DType::kFloat32).as<float>()[2]), half == DType::kFloat16);
    EXPECT_EQ(run_op("relu", {a.cast(half)}).cast(DType::kFloat32).as<float>()[1], 0.0F);
  }
}

TEST(Elementwise, TypesThatDoNotFitAreErrors) {
  EXPECT_THROW(run_op("add", {row<float>({1}), row<int32_t>({1})}), Error);
  EXPECT_THROW(run_op("add", {Tensor(DType::kBool, {1}), Tensor(DType::kBool, {1})}), Error);
  EXPECT_THROW(run_op("sigmoid", {row<int32_t>({1})}), Error);
  EXPECT_THROW(run_op("relu", {row<uint8_t>({1})}), Error);
  EXPECT_THROW(run_op("where", {row<int32_t>({1}), row<float>({1}), row<float>({1})}), Error);
  EXPECT_THROW(run_op("add", {row<float>({1, 2}), row<float>({1, 2, 3})}), Error);
}

TEST(Elementwise, EmptyTensorsStayEmpty) {
  const Tensor empty(DType::kFloat32, {2, 0});
  EXPECT_EQ(run_op("add", {empty, row<float>({1})}).shape(), (Shape{2, 0}));
  EXPECT_EQ(run_op("softmax", {empty}).shape(), (Shape{2, 0}));
}

}  // namespace
}  // namespace vta::graph
