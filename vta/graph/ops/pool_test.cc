#include <gtest/gtest.h>

#include <limits>

#include "vta/graph/op_testing.h"

namespace vta::graph {
namespace {

struct PoolCase {
  std::string name;
  Shape x;
  Ints kernel, strides, dilations, pads;
  int64_t ceil_mode, count_include_pad;
  Ints out;
};

class Pool : public testing::TestWithParam<PoolCase> {};

TEST_P(Pool, TakesTheMaximumAndTheMeanOfTheWindow) {
  const PoolCase& c = GetParam();
  const Tensor x = random_floats(c.x, 1);
  std::map<std::string, Attribute> attributes{{"kernel_shape", c.kernel},
                                              {"strides", c.strides},
                                              {"dilations", c.dilations},
                                              {"pads", c.pads},
                                              {"ceil_mode", c.ceil_mode}};
  const Tensor max = run_op("max_pool", {x}, attributes);
  attributes["count_include_pad"] = c.count_include_pad;
  const Tensor mean = run_op("average_pool", {x}, attributes);
  ASSERT_EQ(max.shape(), (Shape{c.x[0], c.x[1], c.out[0], c.out[1]}));
  ASSERT_EQ(mean.shape(), max.shape());
  for (int64_t i = 0; i < max.size(); ++i) {
    const int64_t q = i % c.out[1], p = i / c.out[1] % c.out[0], plane = i / c.out[1] / c.out[0];
    float largest = -std::numeric_limits<float>::infinity();
    double sum = 0, count = 0;
    for (int64_t k = 0; k < c.kernel[0] * c.kernel[1]; ++k) {
      const int64_t y = p * c.strides[0] - c.pads[0] + k / c.kernel[1] * c.dilations[0];
      const int64_t xx = q * c.strides[1] - c.pads[1] + k % c.kernel[1] * c.dilations[1];
      const bool inside = y >= 0 && y < c.x[2] && xx >= 0 && xx < c.x[3];
      const bool in_padding = y < c.x[2] + c.pads[2] && xx < c.x[3] + c.pads[3];
      if (inside || (in_padding && c.count_include_pad == 1)) ++count;
      if (!inside) continue;
      const float value = x.as<float>()[(plane * c.x[2] + y) * c.x[3] + xx];
      largest = std::max(largest, value);
      sum += value;
    }
    ASSERT_EQ(max.as<float>()[i], largest) << "output " << i;
    ASSERT_EQ(mean.as<float>()[i], static_cast<float>(sum / count)) << "output " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Pool,
    testing::Values(
        PoolCase{"plain", {2, 3, 6, 6}, {2, 2}, {2, 2}, {1, 1}, {0, 0, 0, 0}, 0, 0, {3, 3}},
        PoolCase{"resnet", {1, 2, 8, 9}, {3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}, 0, 1, {4, 5}},
        PoolCase{"uneven", {1, 2, 7, 5}, {3, 2}, {1, 2}, {1, 1}, {2, 0, 0, 1}, 0, 0, {7, 3}},
        PoolCase{"dilated", {1, 1, 9, 9}, {3, 2}, {1, 1}, {2, 3}, {1, 1, 1, 1}, 0, 1, {7, 8}},
        PoolCase{"ceil", {1, 2, 6, 7}, {3, 3}, {2, 2}, {1, 1}, {0, 0, 0, 0}, 1, 0, {3, 3}},
        PoolCase{"ceil_pad", {1, 1, 4, 5}, {2, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}, 1, 1, {3, 3}},
        // Rounded up there would be 3 columns, but the last would begin beyond the input.
        PoolCase{"ceil_inside", {1, 1, 4, 4}, {1, 1}, {3, 3}, {1, 1}, {0, 0, 1, 1}, 1, 0, {2, 2}}),
    [](const auto& test) { return test.param.name; });

TEST(Pool, GlobalPoolsCoverAllSpatialDimensions) {
  const Tensor x = Tensor::of<float>({1, 2, 1, 3}, std::vector<float>{1, 5, 3, -4, -6, -2});
  const std::vector<float> means{3, -4}, maxima{5, -2};
  EXPECT_EQ(run_op("global_average_pool", {x}), Tensor::of<float>({1, 2, 1, 1}, means));
  EXPECT_EQ(run_op("global_max_pool", {x}), Tensor::of<float>({1, 2, 1, 1}, maxima));
}

TEST(Pool, MaxPoolTakesIntegersAndOneDimension) {
  const Tensor x = Tensor::of<uint8_t>({1, 1, 5}, std::vector<uint8_t>{7, 200, 3, 4, 255});
  EXPECT_EQ(run_op("max_pool", {x}, {{"kernel_shape", Ints{2}}}),
            Tensor::of<uint8_t>({1, 1, 4}, std::vector<uint8_t>{200, 200, 4, 255}));
}

}  // namespace
}  // namespace vta::graph
