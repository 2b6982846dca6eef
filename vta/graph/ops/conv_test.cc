#include <gtest/gtest.h>

#include "vta/graph/op_testing.h"

namespace vta::graph {
namespace {

struct ConvCase {
  std::string name;
  Shape x, w;
  Ints strides, dilations, pads;  // of height and width
  int64_t group;
  Ints output_padding = {0, 0};  // of conv_transpose
};

std::map<std::string, Attribute> attributes_of(const ConvCase& c) {
  return {{"strides", c.strides}, {"dilations", c.dilations}, {"pads", c.pads}, {"group", c.group}};
}

class Conv : public testing::TestWithParam<ConvCase> {};

TEST_P(Conv, IsTheSumOverTheWindow) {
  const ConvCase& c = GetParam();
  const Tensor x = random_floats(c.x, 1), w = random_floats(c.w, 2);
  const Tensor bias = random_floats({c.w[0]}, 3);
  const Tensor y = run_op("conv", {x, w, bias}, attributes_of(c));
  ASSERT_EQ(y.shape()[1], c.w[0]);
  ASSERT_GT(y.size(), 0);
  const int64_t outputs_of_group = c.w[0] / c.group;
  for (int64_t i = 0; i < y.size(); ++i) {
    const int64_t q = i % y.shape()[3], p = i / y.shape()[3] % y.shape()[2];
    const int64_t o = i / y.shape()[3] / y.shape()[2] % c.w[0];
    const int64_t n = i / y.shape()[3] / y.shape()[2] / c.w[0];
    float expected = bias.as<float>()[o];
    for (int64_t j = 0; j < c.w[1] * c.w[2] * c.w[3]; ++j) {
      const int64_t kx = j % c.w[3], ky = j / c.w[3] % c.w[2], ch = j / c.w[3] / c.w[2];
      const int64_t from_y = p * c.strides[0] - c.pads[0] + ky * c.dilations[0];
      const int64_t from_x = q * c.strides[1] - c.pads[1] + kx * c.dilations[1];
      expected += at_or_zero<float>(x, {n, o / outputs_of_group * c.w[1] + ch, from_y, from_x}) *
                  at_or_zero<float>(w, {o, ch, ky, kx});
    }
    ASSERT_EQ(y.as<float>()[i], expected) << "n " << n << " o " << o << " p " << p << " q " << q;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Conv,
    testing::Values(
        ConvCase{"plain", {2, 3, 5, 7}, {4, 3, 3, 3}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1},
        ConvCase{"strided", {1, 2, 9, 8}, {5, 2, 3, 2}, {2, 3}, {1, 1}, {1, 1, 1, 1}, 1},
        ConvCase{"uneven_pads", {1, 2, 4, 4}, {2, 2, 3, 3}, {1, 2}, {1, 1}, {2, 0, 1, 3}, 1},
        ConvCase{"dilated", {1, 2, 9, 9}, {3, 2, 3, 3}, {1, 1}, {2, 3}, {2, 3, 2, 3}, 1},
        ConvCase{"grouped", {2, 4, 5, 5}, {6, 2, 3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 2},
        ConvCase{"depthwise", {1, 5, 6, 6}, {10, 1, 3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}, 5},
        ConvCase{
            "padding_beyond_kernel", {1, 1, 2, 2}, {1, 1, 2, 2}, {1, 1}, {1, 1}, {4, 3, 3, 4}, 1},
        ConvCase{"many_columns", {1, 2, 9, 37}, {5, 2, 1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1}),
    [](const auto& test) { return test.param.name; });

class ConvTranspose : public testing::TestWithParam<ConvCase> {};

TEST_P(ConvTranspose, ScattersEachInputThroughTheKernel) {
  const ConvCase& c = GetParam();
  const Tensor x = random_floats(c.x, 1), w = random_floats(c.w, 2);
  auto attributes = attributes_of(c);
  attributes["output_padding"] = c.output_padding;
  const Tensor y = run_op("conv_transpose", {x, w}, attributes);
  Shape shape{c.x[0], c.w[1] * c.group};
  for (size_t i = 0; i < 2; ++i) {
    shape.push_back((c.x[2 + i] - 1) * c.strides[i] + (c.w[2 + i] - 1) * c.dilations[i] + 1 +
                    c.output_padding[i] - c.pads[i] - c.pads[2 + i]);
  }
  ASSERT_EQ(y.shape(), shape);
  Tensor expected(DType::kFloat32, shape);
  for (int64_t i = 0; i < x.size(); ++i) {
    const int64_t ix = i % c.x[3], iy = i / c.x[3] % c.x[2];
    const int64_t ch = i / c.x[3] / c.x[2] % c.x[1], n = i / c.x[3] / c.x[2] / c.x[1];
    for (int64_t j = 0; j < c.w[1] * c.w[2] * c.w[3]; ++j) {
      const int64_t kx = j % c.w[3], ky = j / c.w[3] % c.w[2], m = j / c.w[3] / c.w[2];
      const int64_t oy = iy * c.strides[0] - c.pads[0] + ky * c.dilations[0];
      const int64_t ox = ix * c.strides[1] - c.pads[1] + kx * c.dilations[1];
      if (oy < 0 || oy >= shape[2] || ox < 0 || ox >= shape[3]) continue;
      const int64_t o = ch / (c.x[1] / c.group) * c.w[1] + m;
      expected.as<float>()[((n * shape[1] + o) * shape[2] + oy) * shape[3] + ox] +=
          x.as<float>()[i] * at_or_zero<float>(w, {ch, m, ky, kx});
    }
  }
  EXPECT_EQ(y, expected);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ConvTranspose,
    testing::Values(
        ConvCase{"plain", {1, 2, 3, 4}, {2, 3, 3, 3}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1},
        ConvCase{"strided", {2, 2, 3, 3}, {2, 2, 3, 2}, {2, 3}, {1, 1}, {1, 0, 1, 1}, 1, {1, 2}},
        ConvCase{"dilated", {1, 1, 4, 4}, {1, 2, 3, 3}, {1, 2}, {2, 2}, {2, 1, 0, 1}, 1},
        ConvCase{"grouped", {1, 6, 3, 3}, {6, 2, 2, 2}, {2, 2}, {1, 1}, {0, 0, 0, 0}, 3}),
    [](const auto& test) { return test.param.name; });

TEST(Conv, RunsOverOneAndThreeDimensions) {
  const Tensor x = random_floats({1, 2, 10}, 1), w = random_floats({3, 2, 3}, 2);
  const Tensor y1 = run_op("conv", {x, w}, {{"pads", Ints{1, 0}}, {"strides", Ints{2}}});
  const Tensor y2 = run_op("conv", {x.reshaped({1, 2, 1, 10}), w.reshaped({3, 2, 1, 3})},
                           {{"pads", Ints{0, 1, 0, 0}}, {"strides", Ints{1, 2}}});
  EXPECT_EQ(y1.reshaped({1, 3, 1, 5}), y2);

  // A kernel that is 1 only at depth 1, row 0, column 1 moves the input.
  const Tensor cube = random_floats({1, 1, 3, 3, 3}, 3);
  Tensor pick(DType::kFloat32, {1, 1, 2, 2, 2});
  pick.as<float>()[5] = 1;
  const Tensor moved = run_op("conv", {cube, pick});
  ASSERT_EQ(moved.shape(), (Shape{1, 1, 2, 2, 2}));
  for (int64_t i = 0; i < 8; ++i) {
    EXPECT_EQ(moved.as<float>()[i],
              at_or_zero<float>(cube, {0, 0, i / 4 + 1, i / 2 % 2, i % 2 + 1}));
  }
}

std::string conv_error(const Shape& x, const Shape& w,
                       const std::map<std::string, Attribute>& attributes) {
  try {
    run_op("conv", {Tensor(DType::kFloat32, x), Tensor(DType::kFloat32, w)}, attributes);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Conv, RefusesWhatDoesNotFit) {
  EXPECT_EQ(conv_error({1, 3, 8, 8}, {4, 2, 3, 3}, {}),
            "conv 'y': w must have 3 input channels in each group, got 2");
  EXPECT_EQ(
      conv_error({1, 3, 8, 8}, {4, 1, 3, 3}, {{"group", 3}}),
      "conv 'y': group must be 1 or more and divide the 3 input and 4 output channels, got 3");
  EXPECT_EQ(conv_error({1, 3, 2, 2}, {4, 3, 3, 3}, {}),
            "conv 'y': the kernel extends over 3 positions, but the padded input has 2");
  EXPECT_EQ(conv_error({1, 3, 8, 8}, {4, 3, 3, 3}, {{"strides", Ints{1, 0}}}),
            "conv 'y': strides must be in [1, 1048576], got 0");
  EXPECT_EQ(conv_error({1, 3, 8, 8}, {4, 3, 3, 3}, {{"pads", Ints{1, 1}}}),
            "conv 'y': pads must have 4 values, got 2");
  EXPECT_EQ(conv_error({1, 3, 8, 8}, {4, 3, 3}, {}),
            "conv 'y': x of shape 1x3x8x8 and w of shape 4x3x3 differ in rank");
}

}  // namespace
}  // namespace vta::graph
