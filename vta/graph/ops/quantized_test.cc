#include <gtest/gtest.h>

#include "vta/base/requantize.h"
#include "vta/graph/op_testing.h"

namespace vta::graph {
namespace {

Tensor int8s(const Shape& shape, const std::vector<int8_t>& values) {
  return Tensor::of<int8_t>(shape, values);
}
Tensor int32s(const std::vector<int32_t>& values) {
  return Tensor::of<int32_t>({std::ssize(values)}, values);
}

constexpr int64_t kHalf = int64_t{1} << 30;  // with shift 0: times 0.5

TEST(Quantize, RoundsHalfToEvenAndSaturates) {
  const Tensor x =
      Tensor::of<float>({8}, std::vector<float>{0, 0.25F, 0.75F, -0.25F, -0.75F, 100, -100, 1.1F});
  EXPECT_EQ(run_op("quantize", {x}, {{"scale", 0.5}, {"zero_point", 3}}),
            int8s({8}, {3, 3, 5, 3, 1, 127, -128, 5}));
}

TEST(Quantize, DequantizeTakesOffTheZeroPoint) {
  EXPECT_EQ(run_op("dequantize", {int8s({3}, {-128, 3, 127})}, {{"scale", 0.5}, {"zero_point", 3}}),
            Tensor::of<float>({3}, std::vector<float>{-65.5F, 0, 62}));
}

TEST(Qconv, RequantisesTheIntegerConvolution) {
  const Tensor x = random_int8({2, 4, 5, 6}, 1), w = random_int8({6, 2, 3, 3}, 2);
  const std::vector<int32_t> bias{0, 1000, -5000, 77, -1, 30000};
  const std::vector<int32_t> factor{1 << 30, 1500000000, 2000000000, 1 << 30, 1200000001, 1 << 30};
  const std::vector<int32_t> shift{-8, -7, -8, -9, -6, -30};
  const Tensor y = run_op("qconv", {x, w, int32s(bias), int32s(factor), int32s(shift)},
                          {{"pads", Ints{1, 0, 1, 2}},
                           {"strides", Ints{2, 1}},
                           {"group", 2},
                           {"x_zero_point", -5},
                           {"zero_point", 4},
                           {"clip_min", -100},
                           {"clip_max", 90}});
  ASSERT_EQ(y.shape(), (Shape{2, 6, 3, 6}));
  for (int64_t i = 0; i < y.size(); ++i) {
    const int64_t q = i % 6, p = i / 6 % 3, o = i / 18 % 6, n = i / 108;
    int32_t sum = 0;
    for (int64_t k = 0; k < 18; ++k) {
      const int64_t kx = k % 3, ky = k / 3 % 3, c = k / 9;
      const int64_t yy = p * 2 - 1 + ky, xx = q + kx;
      if (yy < 0 || yy >= 5 || xx >= 6) continue;
      sum += (at_or_zero<int8_t>(x, {n, o / 3 * 2 + c, yy, xx}) + 5) *
             at_or_zero<int8_t>(w, {o, c, ky, kx});
    }
    const Requantize r{bias[o], factor[o], shift[o], 4, -100, 90};
    ASSERT_EQ(y.as<int8_t>()[i], requantize(sum, r)) << "output " << i;
  }
}

// Gathers, where the kernel scatters: output p has the inputs i and taps k with i * stride - pad +
// k = p.
TEST(QconvTranspose, RequantisesTheTransposedConvolution) {
  const Tensor x = random_int8({2, 4, 3, 4}, 1), w = random_int8({4, 3, 3, 2}, 2);
  const std::vector<int32_t> bias{0, 1000, -5000, 77, -1, 30000};
  const std::vector<int32_t> factor{1 << 30, 1500000000, 2000000000, 1 << 30, 1200000001, 1 << 30};
  const std::vector<int32_t> shift{-8, -7, -8, -9, -6, -30};
  const Tensor y = run_op("qconv_transpose", {x, w, int32s(bias), int32s(factor), int32s(shift)},
                          {{"pads", Ints{1, 0, 1, 1}},
                           {"strides", Ints{2, 3}},
                           {"output_padding", Ints{1, 0}},
                           {"group", 2},
                           {"x_zero_point", -5},
                           {"w_zero_point", 2},
                           {"zero_point", 4},
                           {"clip_min", -100},
                           {"clip_max", 90}});
  ASSERT_EQ(y.shape(), (Shape{2, 6, 6, 10}));
  for (int64_t i = 0; i < y.size(); ++i) {
    const int64_t q = i % 10, p = i / 10 % 6, o = i / 60 % 6, n = i / 360;
    int32_t sum = 0;
    for (int64_t k = 0; k < 12; ++k) {
      const int64_t kx = k % 2, ky = k / 2 % 3, c = o / 3 * 2 + k / 6;
      const int64_t yy = p + 1 - ky, xx = q - kx;
      if (yy < 0 || yy % 2 != 0 || yy / 2 >= 3 || xx < 0 || xx % 3 != 0 || xx / 3 >= 4) continue;
      sum += (at_or_zero<int8_t>(x, {n, c, yy / 2, xx / 3}) + 5) *
             (at_or_zero<int8_t>(w, {c, o % 3, ky, kx}) - 2);
    }
    const Requantize r{bias[o], factor[o], shift[o], 4, -100, 90};
    ASSERT_EQ(y.as<int8_t>()[i], requantize(sum, r)) << "output " << i;
  }
}

TEST(Qgemm, SumsWrapAtThirtyTwoBits) {
  constexpr int64_t kDepth = 140000;  // times 128 * 128 is 2,293,760,000: beyond 2^31
  const Tensor x = int8s({1, kDepth}, std::vector<int8_t>(kDepth, -128));
  const Tensor w = int8s({2, kDepth}, std::vector<int8_t>(2 * kDepth, -128));
  const Tensor y =
      run_op("qgemm", {x, w, int32s({0, 5000}), int32s({1 << 30, 1 << 30}), int32s({-23, -23})});
  const auto wrapped = static_cast<int32_t>(2293760000U);
  const std::vector<int8_t> expected{
      static_cast<int8_t>(requantize(wrapped, {0, 1 << 30, -23})),
      static_cast<int8_t>(requantize(wrapped, {5000, 1 << 30, -23}))};
  ASSERT_LT(expected[0], -100);
  EXPECT_EQ(y, int8s({1, 2}, expected));
}

TEST(Qgemm, MultipliesByTheTransposedWeights) {
  const Tensor x = int8s({2, 2}, {1, 2, 3, 4}), w = int8s({3, 2}, {1, 0, 0, 1, 10, 5});
  const Tensor y = run_op(
      "qgemm", {x, w, int32s({0, 2, 0}), int32s({1 << 30, 1 << 30, 1 << 30}), int32s({1, 1, 0})},
      {{"x_zero_point", 1}, {"clip_max", 15}});
  EXPECT_EQ(y, int8s({2, 3}, {0, 3, 3, 2, 5, 15}));
}

TEST(Qadd, AddsOnACommonScale) {
  // a / 2 + b / 4 + 1, in units of 2^-20.
  const Tensor y = run_op("qadd", {int8s({4}, {10, -7, 127, 3}), int8s({4}, {8, 20, 124, 0})},
                          {{"left_shift", 20},
                           {"a_zero_point", 0},
                           {"a_factor", kHalf},
                           {"a_shift", 0},
                           {"b_zero_point", 0},
                           {"b_factor", kHalf},
                           {"b_shift", -1},
                           {"factor", kHalf},
                           {"shift", -19},
                           {"zero_point", 1}});
  EXPECT_EQ(y, int8s({4}, {8, 3, 96, 3}));  // 7, 1.5, 94.5, 1.5: ties away from zero
}

TEST(Qpool, AveragesTheValidWindow) {
  const Tensor x = int8s({1, 1, 2, 2}, {10, 20, 30, -40});
  const std::map<std::string, Attribute> attributes{{"kernel_shape", Ints{2, 2}},
                                                    {"pads", Ints{1, 1, 0, 0}},
                                                    {"x_zero_point", 2},
                                                    {"zero_point", -3},
                                                    {"scale", 0.5},
                                                    {"clip_max", 6}};
  // Less 2: 8, 18, 28, -42; means of the valid 8, 13, 18, 3; halves with ties away, less 3.
  EXPECT_EQ(run_op("qaverage_pool", {x}, attributes), int8s({1, 1, 2, 2}, {1, 4, 6, -1}));
  EXPECT_EQ(run_op("qglobal_average_pool", {x}, {{"x_zero_point", 2}, {"scale", 2.0}}),
            int8s({1, 1, 1, 1}, {6}));
  EXPECT_EQ(run_op("qmax_pool", {x}, {{"kernel_shape", Ints{1, 2}}}),
            int8s({1, 1, 2, 1}, {20, 30}));
}

TEST(Qrescale, MovesAndScales) {
  EXPECT_EQ(run_op("qrescale", {int8s({3}, {-128, 4, 127})},
                   {{"x_zero_point", 4}, {"factor", kHalf}, {"shift", 0}, {"zero_point", 10}}),
            int8s({3}, {-56, 10, 72}));
}

// (1 + 1) * (3, -2) * (1/2) + 1, clipped at 3; b stretches.
TEST(Qmul, RequantisesTheProduct) {
  EXPECT_EQ(run_op("qmul", {int8s({1, 1}, {1}), int8s({1, 2}, {3, -2})},
                   {{"a_zero_point", -1},
                    {"factor", 1 << 30},
                    {"shift", 0},
                    {"zero_point", 1},
                    {"clip_max", 3}}),
            int8s({1, 2}, {3, -1}));
}

TEST(Qlookup, TakesTheElementOfEachByte) {
  Tensor table(DType::kInt8, {256});
  for (int q = -128; q < 128; ++q) table.as<int8_t>()[q + 128] = static_cast<int8_t>(-1 - q);
  EXPECT_EQ(run_op("qlookup", {int8s({3}, {-128, 4, 127}), table}), int8s({3}, {127, -5, -128}));
}

std::string error_of(const std::string& op, const std::vector<Tensor>& inputs,
                     const std::map<std::string, Attribute>& attributes) {
  try {
    run_op(op, inputs, attributes);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Quantized, RefusesParametersOutOfRange) {
  const Tensor q = int8s({1, 1}, {1}), one = int32s({1});
  EXPECT_EQ(error_of("qgemm", {q, q, one, one, int32s({32})}, {}),
            "qgemm 'y': shift must be in [-32, 31], got 32 for channel 0");
  EXPECT_EQ(error_of("qgemm", {q, q, one, one, one}, {{"clip_min", 5}, {"clip_max", 4}}),
            "qgemm 'y': clip_min 5 is above clip_max 4");
  const Tensor image = int8s({1, 1, 1, 1}, {1});
  EXPECT_EQ(error_of("qconv_transpose", {q, image, one, one, one}, {}),
            "qconv_transpose 'y': x must be N x C x H x W, got shape 1x1");
  EXPECT_EQ(error_of("qconv_transpose", {image, int8s({2, 1, 1, 1}, {1, 2}), one, one, one}, {}),
            "qconv_transpose 'y': w must have 1 input channels, got 2");
  EXPECT_EQ(error_of("qrescale", {q}, {{"factor", 1}, {"shift", 0}, {"zero_point", 128}}),
            "qrescale 'y': zero_point must be in [-128, 127], got 128");
  EXPECT_EQ(error_of("qrescale", {q}, {{"shift", 0}}),
            "qrescale 'y': attribute 'factor' is missing");
  EXPECT_EQ(error_of("qlookup", {q, q}, {}),
            "qlookup 'y': table must have 256 elements, got shape 1x1");
  EXPECT_EQ(error_of("qmul", {q, q}, {{"factor", 1}, {"shift", 32}}),
            "qmul 'y': shift must be in [-32, 31], got 32");
  EXPECT_EQ(error_of("quantize", {q}, {{"scale", 1.0}}),
            "quantize 'y': x must be f32, got i8[1x1]");
}

}  // namespace
}  // namespace vta::graph
