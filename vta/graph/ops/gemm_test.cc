#include <gtest/gtest.h>

#include "vta/graph/op_testing.h"

namespace vta::graph {
namespace {

// All values are small multiples of 1/64, so results are exact in any order of summation.
TEST(Gemm, TransposesAndScalesAndAdds) {
  constexpr int64_t kM = 5, kK = 37, kN = 41;
  for (const int64_t trans_a : {0, 1}) {
    for (const int64_t trans_b : {0, 1}) {
      const Tensor a = random_floats(trans_a == 1 ? Shape{kK, kM} : Shape{kM, kK}, 1);
      const Tensor b = random_floats(trans_b == 1 ? Shape{kN, kK} : Shape{kK, kN}, 2);
      const Tensor c = random_floats({kM, 1}, 3);
      const Tensor y =
          run_op("gemm", {a, b, c},
                 {{"alpha", 0.5}, {"beta", -2.0}, {"transA", trans_a}, {"transB", trans_b}});
      ASSERT_EQ(y.shape(), (Shape{kM, kN}));
      for (int64_t i = 0; i < y.size(); ++i) {
        const int64_t row = i / kN, column = i % kN;
        float sum = 0;
        for (int64_t k = 0; k < kK; ++k) {
          sum += at_or_zero<float>(a, trans_a == 1 ? Shape{k, row} : Shape{row, k}) *
                 at_or_zero<float>(b, trans_b == 1 ? Shape{column, k} : Shape{k, column});
        }
        ASSERT_EQ(y.as<float>()[i], 0.5F * sum - 2.0F * c.as<float>()[row]) << row << ' ' << column;
      }
    }
  }
}

TEST(Matmul, BroadcastsTheLeadingDimensions) {
  const Tensor a = random_floats({2, 1, 3, 4}, 1), b = random_floats({5, 4, 6}, 2);
  const Tensor y = run_op("matmul", {a, b});
  ASSERT_EQ(y.shape(), (Shape{2, 5, 3, 6}));
  for (int64_t i = 0; i < y.size(); ++i) {
    const int64_t n = i % 6, m = i / 6 % 3, s = i / 18 % 5, r = i / 90;
    float sum = 0;
    for (int64_t k = 0; k < 4; ++k) {
      sum += at_or_zero<float>(a, {r, 0, m, k}) * at_or_zero<float>(b, {s, k, n});
    }
    ASSERT_EQ(y.as<float>()[i], sum) << i;
  }
}

TEST(Matmul, TakesVectorsAsRowsAndColumns) {
  const Tensor v = Tensor::of<float>({2}, std::vector<float>{2, 3});
  const Tensor m = Tensor::of<float>({2, 2}, std::vector<float>{1, 10, 100, 1000});
  EXPECT_EQ(run_op("matmul", {v, v}), Tensor::scalar(13.0F));
  EXPECT_EQ(run_op("matmul", {v, m}), Tensor::of<float>({2}, std::vector<float>{302, 3020}));
  EXPECT_EQ(run_op("matmul", {m, v}), Tensor::of<float>({2}, std::vector<float>{32, 3200}));
}

TEST(Matmul, ReportsShapesThatDoNotFit) {
  const Tensor a(DType::kFloat32, {2, 3, 4}), b(DType::kFloat32, {3, 4, 5});
  const Tensor c(DType::kFloat32, {3, 5});
  try {
    run_op("matmul", {a, b});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "matmul 'y': shapes 2 and 3 do not broadcast: dimensions must be equal or 1");
  }
  try {
    run_op("gemm", {c, c});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "gemm 'y': a' has 5 columns, but b' has 3 rows");
  }
}

TEST(BatchNormalization, ScalesAndMovesEachChannel) {
  const auto vector = [](float a, float b) {
    return Tensor::of<float>({2}, std::vector<float>{a, b});
  };
  const Tensor x = Tensor::of<float>({1, 2, 2}, std::vector<float>{1, 2, 3, 4});
  const Tensor y =
      run_op("batch_normalization", {x, vector(2, 3), vector(10, 20), vector(1, 5), vector(3, 0)},
             {{"epsilon", 1.0}});
  EXPECT_EQ(y, Tensor::of<float>({1, 2, 2}, std::vector<float>{10, 11, 14, 17}));
}

}  // namespace
}  // namespace vta::graph
