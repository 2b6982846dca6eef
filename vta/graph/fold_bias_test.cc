#include <gtest/gtest.h>

#include "vta/graph/interpreter.h"
#include "vta/graph/passes.h"

namespace vta::graph {
namespace {

Tensor ramp(Shape shape) {
  Tensor result(DType::kFloat32, std::move(shape));
  float value = -3;
  for (float& element : result.as<float>()) element = value += 0.25F;
  return result;
}

TEST(FoldBias, MatmulAndAddBecomeAGemm) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kFloat32, {2, 3}});
  const auto product =
      graph.add_node("matmul", "product", {x, graph.add_constant("w", ramp({3, 4}))});
  graph.outputs = graph.add_node("add", "sum", {graph.add_constant("b", ramp({4})), product[0]});
  const Graph folded = fold_bias(graph);
  ASSERT_EQ(folded.nodes.size(), 1U);
  EXPECT_EQ(folded.nodes[0].op, "gemm");
  const NamedTensors input = {{"x", ramp({2, 3})}};
  EXPECT_EQ(run(folded, input), run(graph, input));
}

TEST(FoldBias, AddPerChannelBehindAConvolution) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kFloat32, {1, 2, 4, 4}});
  const auto conv = graph.add_node("conv", "conv", {x, graph.add_constant("w", ramp({3, 2, 1, 1}))},
                                   {{"strides", std::vector<int64_t>{1, 1}},
                                    {"pads", std::vector<int64_t>{0, 0, 0, 0}},
                                    {"dilations", std::vector<int64_t>{1, 1}},
                                    {"group", int64_t{1}}});
  graph.outputs = graph.add_node("add", "sum", {conv[0], graph.add_constant("b", ramp({3, 1, 1}))});
  const Graph folded = fold_bias(graph);
  ASSERT_EQ(folded.nodes.size(), 1U);
  const NamedTensors input = {{"x", ramp({1, 2, 4, 4})}};
  EXPECT_EQ(run(folded, input), run(graph, input));
}

TEST(FoldBias, AddAlongAnotherDimensionStays) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kFloat32, {2, 3}});
  const auto product =
      graph.add_node("matmul", "product", {x, graph.add_constant("w", ramp({3, 2}))});
  graph.outputs = graph.add_node("add", "sum", {product[0], graph.add_constant("b", ramp({2, 1}))});
  EXPECT_EQ(fold_bias(graph).nodes.size(), 2U);
}

}  // namespace
}  // namespace vta::graph
