#include "vta/graph/passes.h"

#include <gtest/gtest.h>

#include "vta/graph/op_testing.h"

namespace vta::graph {
namespace {

using Constants = std::vector<std::shared_ptr<const Tensor>>;

std::string after(Graph (*pass)(const Graph&), const std::string& text) {
  return print(pass(parse(text, {}))).text;
}

TEST(FoldConstants, RunsNodesOfConstants) {
  EXPECT_EQ(after(fold_constants,
                  "graph g(%x: f32[1x2]) -> (%y, %ab) {\n"
                  "  const %a: f32[2x2] = [1.0, 2.0, 3.0, 4.0]\n"
                  "  const %b: f32[2x2] = [0.0, 1.0, 1.0, 0.0]\n"
                  "  %ab = matmul(%a, %b)\n"
                  "  %abb = gemm(%ab, %b)\n"
                  "  %y = matmul(%x, %abb)\n"
                  "}\n"),
            "graph g(%x: f32[1x2]) -> (%y, %ab) {\n"
            "  const %ab: f32[2x2] = [2.0, 1.0, 4.0, 3.0]\n"
            "  const %abb: f32[2x2] = [1.0, 2.0, 3.0, 4.0]\n"
            "  %y: f32[1x2] = matmul(%x, %abb) name=\"y\"\n"
            "}\n");
}

TEST(FoldConstants, LeavesHugeResults) {
  const Constants constants{std::make_shared<const Tensor>(DType::kFloat32, Shape{5000, 1}),
                            std::make_shared<const Tensor>(DType::kFloat32, Shape{1, 5000})};
  const Graph graph = parse(
      "graph g() -> (%y) { const %a: f32[5000x1] = #0 const %b: f32[1x5000] = #1\n"
      "%y = matmul(%a, %b) }",
      constants);
  EXPECT_EQ(fold_constants(graph).nodes.size(), 1U);
}

TEST(EliminateDeadCode, RemovesIdentitiesUnusedNodesAndValues) {
  EXPECT_EQ(after(eliminate_dead_code,
                  "graph g(%x: f32[1x2x4], %unread: f32[1]) -> (%y, %copy_of_x, %pool) {\n"
                  "  const %c: f32[1] = [1.0]\n"
                  "  %copy_of_x = identity(%x)\n"
                  "  %b = identity(%copy_of_x)\n"
                  "  %bb = identity(%b)\n"
                  "  %dead = global_max_pool(%bb)\n"
                  "  %deader = global_max_pool(%dead)\n"
                  "  %pool = global_max_pool(%bb)\n"
                  "  %mean = global_average_pool(%bb)\n"
                  "  %y = identity(%mean)\n"
                  "}\n"),
            "graph g(%x: f32[1x2x4], %unread: f32[1]) -> (%y, %copy_of_x, %pool) {\n"
            "  %copy_of_x: f32[1x2x4] = identity(%x) name=\"copy_of_x\"\n"
            "  %pool: f32[1x2x1] = global_max_pool(%copy_of_x) name=\"pool\"\n"
            "  %y: f32[1x2x1] = global_average_pool(%copy_of_x) name=\"mean\"\n"
            "}\n");
}

TEST(EliminateDeadCode, DropsValues) {
  const Graph graph = parse(
      "graph g(%x: f32[1x2x4]) -> (%y) { const %c: f32[1] = [1.0] %d = global_max_pool(%x)\n"
      "%y = global_max_pool(%x) }",
      {});
  EXPECT_EQ(graph.values.size(), 4U);
  EXPECT_EQ(eliminate_dead_code(graph).values.size(), 2U);
}

TEST(FoldBatchNorm, ScalesWeightsAndBias) {
  EXPECT_EQ(
      after(fold_batch_norm,
            "graph g(%x: f32[1x1x3]) -> (%y) {\n"
            "  const %w: f32[2x1x2] = [1.0, 2.0, 3.0, 4.0]\n"
            "  const %scale: f32[2] = [3.0, 10.0]\n"
            "  const %bias: f32[2] = [0.5, 0.25]\n"
            "  const %mean: f32[2] = [1.0, -2.0]\n"
            "  const %variance: f32[2] = [8.0, 24.0]\n"
            "  %c = conv(%x, %w)\n"
            "  %y = batch_normalization(%c, %scale, %bias, %mean, %variance) {epsilon = 1.0}\n"
            "}\n"),
      "graph g(%x: f32[1x1x3]) -> (%y) {\n"
      "  const %c.folded_weights: f32[2x1x2] = [1.0, 2.0, 6.0, 8.0]\n"
      "  const %c.folded_bias: f32[2] = [-0.5, 4.25]\n"
      "  %y: f32[1x2x2] = conv(%x, %c.folded_weights, %c.folded_bias) name=\"c\" "
      "{dilations = [1], group = 1, pads = [0, 0], strides = [1]}\n"
      "}\n");
}

TEST(FoldBatchNorm, LeavesConvolutionsThatOthersRead) {
  const std::string text =
      "graph g(%x: f32[1x1x2]) -> (%y, %c) {\n"
      "  const %w: f32[1x1x1] = [2.0]\n"
      "  const %one: f32[1] = [1.0]\n"
      "  %c: f32[1x1x2] = conv(%x, %w) name=\"c\" {dilations = [1], group = 1, pads = [0, 0], "
      "strides = [1]}\n"
      "  %y: f32[1x1x2] = batch_normalization(%c, %one, %one, %one, %one) name=\"y\" {epsilon = "
      "1e-05}\n"
      "}\n";
  EXPECT_EQ(after(fold_batch_norm, text), text);
}

// Each form of product, with weights that differ in every element: the folded graph computes the
// same.
TEST(FoldBatchNorm, KeepsTheResult) {
  struct Case {
    std::string node;
    Shape x, weights, bias;
  };
  const std::vector<Case> cases{
      {"conv(%x, %w, %b) {group = 2, pads = [1, 1, 1, 1]}", {2, 4, 5, 5}, {6, 2, 3, 3}, {6}},
      {"conv_transpose(%x, %w, %b) {group = 2, strides = [2, 2]}", {2, 4, 3, 3}, {4, 3, 2, 2}, {6}},
      {"gemm(%x, %w, %b) {alpha = 0.5, beta = 3.0}", {3, 4}, {4, 6}, {1, 6}},
      {"gemm(%x, %w, %b) {transB = 1, beta = 2.0}", {3, 4}, {6, 4}, {}},
      {"gemm(%x, %w, _) {transB = 1}", {3, 4}, {6, 4}, {6}},
  };
  for (const Case& c : cases) {
    Tensor variance = random_floats({6}, 6);
    for (float& value : variance.as<float>()) value = value * value + 0.5F;
    Constants constants;
    for (const Tensor& tensor :
         {random_floats(c.weights, 1), random_floats(c.bias, 2), random_floats({6}, 3),
          random_floats({6}, 4), random_floats({6}, 5), variance}) {
      constants.push_back(std::make_shared<const Tensor>(tensor));
    }
    const auto constant = [&](const std::string& name, size_t i) {
      const TensorType type{DType::kFloat32, constants[i]->shape()};
      return fmt::format("const %{}: {} = #{}\n", name, to_string(type), i);
    };
    const Graph graph =
        parse("graph g(%x: " + to_string(TensorType{DType::kFloat32, c.x}) + ") -> (%y) {\n" +
                  constant("w", 0) + constant("b", 1) + constant("s", 2) + constant("t", 3) +
                  constant("m", 4) + constant("v", 5) + "%c = " + c.node +
                  "\n%y = batch_normalization(%c, %s, %t, %m, %v) }",
              constants);
    const Graph folded = fold_batch_norm(graph);
    ASSERT_EQ(folded.nodes.size(), 1U) << c.node;
    const NamedTensors inputs{{"x", random_floats(c.x, 7)}};
    const Tensor expected = run(graph, inputs).at("y"), got = run(folded, inputs).at("y");
    for (int64_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(got.as<float>()[i], expected.as<float>()[i], 1e-5) << c.node << " at " << i;
    }
  }
}

TEST(Simplify, FoldsThroughIdentities) {
  const std::string text = after(simplify,
                                 "graph g(%x: f32[1x2]) -> (%y) {\n"
                                 "  const %a: f32[2x2] = [1.0, 2.0, 3.0, 4.0]\n"
                                 "  const %zero: f32[2] = [0.0, 0.0]\n"
                                 "  const %one: f32[2] = [1.0, 1.0]\n"
                                 "  %aa = matmul(%a, %a)\n"
                                 "  %product = gemm(%x, %aa)\n"
                                 "  %same = identity(%product)\n"
                                 "  %normal = batch_normalization(%same, %one, %zero, %zero, %one) "
                                 "{epsilon = 0.0}\n"
                                 "  %y = identity(%normal)\n"
                                 "}\n");
  EXPECT_EQ(text,
            "graph g(%x: f32[1x2]) -> (%y) {\n"
            "  const %product.folded_weights: f32[2x2] = [7.0, 10.0, 15.0, 22.0]\n"
            "  const %product.folded_bias: f32[2] = [0.0, 0.0]\n"
            "  %y: f32[1x2] = gemm(%x, %product.folded_weights, %product.folded_bias) "
            "name=\"product\" {alpha = 1.0, beta = 1.0, transA = 0, transB = 0}\n"
            "}\n");
}

}  // namespace
}  // namespace vta::graph
