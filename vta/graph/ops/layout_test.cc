// Corners of the operators that take lists of integers, most against NumPy's results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/graph/op_testing.h"

namespace vta::graph {
namespace {

using ::testing::HasSubstr;

// The operator on x, with the lists as constants.
Tensor run_lists(const std::string& op, const Tensor& x, const std::vector<Ints>& lists,
                 const std::map<std::string, Attribute>& attributes = {}) {
  Graph graph;
  std::vector<ValueId> ids{graph.add_input("x", {x.dtype(), x.shape()})};
  for (const Ints& list : lists) {
    ids.push_back(
        graph.add_constant("list", Tensor::of<int64_t>({static_cast<int64_t>(list.size())}, list)));
  }
  graph.outputs = graph.add_node(op, "y", ids, attributes);
  verify(graph);
  return run(graph, {{"x", x}}).at("y");
}

std::string error_of(const std::string& op, const Tensor& x, const std::vector<Ints>& lists,
                     const std::map<std::string, Attribute>& attributes = {}) {
  try {
    run_lists(op, x, lists, attributes);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// 0, 1, 2, … in bytes, which every operator here must move as well as floats.
Tensor count_up(const Shape& shape) {
  Tensor tensor(DType::kInt8, shape);
  for (int64_t i = 0; i < tensor.size(); ++i) tensor.as<int8_t>()[i] = static_cast<int8_t>(i);
  return tensor;
}

Ints values(const Tensor& tensor) {
  const auto data = tensor.as<int8_t>();
  return {data.begin(), data.end()};
}

TEST(Slice, BoundsAreClamped) {
  const Tensor x = count_up({6});
  EXPECT_EQ(values(run_lists("slice", x, {{-100}, {100}, {0}, {4}})), (Ints{0, 4}));
  EXPECT_EQ(values(run_lists("slice", x, {{100}, {INT64_MIN}, {0}, {-2}})), (Ints{5, 3, 1}));
  EXPECT_EQ(values(run_lists("slice", x, {{2}, {INT64_MAX}, {-1}, {INT64_MAX}})), (Ints{2}));
  EXPECT_EQ(values(run_lists("slice", x, {{2}, {INT64_MIN}, {0}, {INT64_MIN}})), (Ints{2}));
  EXPECT_EQ(values(run_lists("slice", x, {{4}, {2}, {0}, {1}})), (Ints{}));
  EXPECT_EQ(run_lists("slice", Tensor(DType::kInt8, {0}), {{3}, {0}, {0}, {-1}}).size(), 0);
  EXPECT_THAT(error_of("slice", x, {{0}, {1}, {0}, {0}}), HasSubstr("a step is 0"));
}

TEST(Pad, CropsAndRepeats) {
  const Tensor x = count_up({4});
  EXPECT_EQ(values(run_lists("pad", x, {{-1, 2}})), (Ints{1, 2, 3, 0, 0}));
  EXPECT_EQ(values(run_lists("pad", x, {{2, 3}}, {{"mode", "reflect"}})),
            (Ints{2, 1, 0, 1, 2, 3, 2, 1, 0}));
  EXPECT_EQ(values(run_lists("pad", x, {{2, -3}}, {{"mode", "edge"}})), (Ints{0, 0, 0}));
  EXPECT_THAT(error_of("pad", x, {{-3, -2}}), HasSubstr("crop more than dimension 0 has"));
  EXPECT_THAT(error_of("pad", x, {{INT64_MAX, 0}}), HasSubstr("beyond 2^40"));
  EXPECT_THAT(error_of("pad", x, {{1, 1}}, {{"mode", "wrap"}}),
              HasSubstr("mode 'wrap' is not supported; constant, reflect and edge are"));
}

TEST(Reshape, OneDimensionMayBeLeftOpen) {
  const Tensor x = count_up({2, 3, 4});
  EXPECT_EQ(run_lists("reshape", x, {{0, -1}}).shape(), (Shape{2, 12}));
  EXPECT_THAT(error_of("reshape", x, {{5, -1}}),
              HasSubstr("2x3x4 cannot become 5x-1: 24 elements"));
  EXPECT_THAT(error_of("reshape", x, {{-1, -1}}), HasSubstr("more than one -1"));
  EXPECT_THAT(error_of("reshape", x, {{INT64_MAX, INT64_MAX}}), HasSubstr("2^40"));
}

TEST(Tile, HugeRepeatsAreRefused) {
  EXPECT_EQ(values(run_lists("tile", count_up({2}), {{3}})), (Ints{0, 1, 0, 1, 0, 1}));
  EXPECT_THAT(error_of("tile", count_up({2}), {{INT64_MAX}}), HasSubstr("2^40"));
  EXPECT_EQ(run_lists("tile", Tensor(DType::kInt8, {0, 1}), {{1, int64_t{1} << 40}}).size(), 0);
}

TEST(Gather, IndicesAreChecked) {
  const Tensor x = count_up({2, 3});
  EXPECT_EQ(values(run_lists("gather", x, {{2, -3}}, {{"axis", int64_t{1}}})), (Ints{2, 0, 5, 3}));
  EXPECT_THAT(error_of("gather", x, {{3}}, {{"axis", int64_t{1}}}),
              HasSubstr("index 3 is outside [-3, 2]"));
}

TEST(Axes, AreCheckedAndUnique) {
  const Tensor x = count_up({1, 3, 1});
  EXPECT_THAT(error_of("squeeze", x, {{1}}), HasSubstr("dimension 1 of 1x3x1 is not 1"));
  EXPECT_THAT(error_of("squeeze", x, {{0, -3}}), HasSubstr("axis 0 is given twice"));
  EXPECT_THAT(error_of("unsqueeze", x, {{5}}), HasSubstr("axis 5 is outside [-4, 3]"));
  EXPECT_THAT(error_of("concat", Tensor(DType::kInt8, {}), {}, {{"axis", int64_t{0}}}),
              HasSubstr("axis 0 of a scalar"));
}

TEST(Blocks, SpaceToDepthUndoesDepthToSpace) {
  const Tensor x = count_up({1, 8, 2, 3});
  const std::map<std::string, Attribute> two{{"blocksize", int64_t{2}}};
  const Tensor space = run_lists("depth_to_space", x, {}, two);
  EXPECT_EQ(space.shape(), (Shape{1, 2, 4, 6}));
  EXPECT_EQ(run_lists("space_to_depth", space, {}, two), x);
}

// One absent operand cannot be a list, so the nodes are built by hand.
Tensor resized(const Tensor& x, const Tensor& scales, const std::string& mode) {
  Graph graph;
  const ValueId input = graph.add_input("x", {x.dtype(), x.shape()});
  const ValueId constant = graph.add_constant("scales", scales);
  graph.outputs = graph.add_node("resize", "y", {input, kNoValue, constant}, {{"mode", mode}});
  return run(graph, {{"x", x}}).at("y");
}

TEST(Resize, BytesAndLimits) {
  const std::vector<float> factors{1, 2};
  const Tensor scales = Tensor::of<float>({2}, factors);
  const Tensor x = count_up({2, 2});
  EXPECT_EQ(values(resized(x, scales, "nearest")), (Ints{0, 0, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(values(resized(x, scales, "linear")), (Ints{0, 0, 0, 1, 2, 2, 2, 3}));
  for (const float bad : {0.0F, -1.0F, 1e30F, INFINITY, NAN}) {
    EXPECT_THROW(resized(x, Tensor::of<float>({2}, std::vector<float>{1, bad}), "nearest"), Error);
  }
  EXPECT_THROW(resized(x, scales, "cubic"), Error);
}

}  // namespace
}  // namespace vta::graph
