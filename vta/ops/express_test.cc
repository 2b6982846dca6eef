// Every operator's expression, interpreted, against the graph's reference kernel on random shapes,
// attributes and values: integers bit for bit, floats within rounding.
#include "vta/ops/express.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "vta/graph/interpreter.h"
#include "vta/graph/op.h"
#include "vta/ops/operator_cases.h"
#include "vta/ops/ops_testing.h"

namespace vta::ops {
namespace {

using graph::Graph;

constexpr uint32_t kCasesOfEach = 24;

void compare(const std::string& op, uint32_t seed) {
  const OperatorCase c = draw_case(op, seed);
  const graph::Node& node = c.graph.nodes[0];
  const std::vector<Tensor> expected = graph::run_node(c.graph, node, c.inputs());
  const std::vector<Tensor> got = interpret_node(c.graph, node, c.inputs());
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    const std::string problem = difference(got[i], expected[i]);
    ASSERT_TRUE(problem.empty()) << "seed " << seed << ", output " << i << ", " << problem << "\n"
                                 << graph::print(c.graph).text;
  }
}

TEST(Express, EveryOperatorOfTheGraphHasAnExpressionAndACase) {
  for (const graph::OpDef* op : graph::all_ops()) {
    const OpExpression* expression = find_expression(op->name);
    ASSERT_NE(expression, nullptr) << op->name;
    const bool has_one = expression->limit != kNoExpression;
    EXPECT_EQ(std::ranges::count(drawn_operators(), op->name) == 1, has_one) << op->name;
  }
}

class Expression : public testing::TestWithParam<std::string> {};

TEST_P(Expression, ComputesWhatTheReferenceKernelDoes) {
  for (uint32_t seed = 0; seed < kCasesOfEach; ++seed) {
    compare(GetParam(), seed);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Expression, testing::ValuesIn(drawn_operators()),
                         [](const auto& operator_name) { return operator_name.param; });

std::string error_of(const std::string& op, const std::vector<Tensor>& inputs) {
  Graph graph;
  std::vector<graph::ValueId> ids;
  for (const Tensor& t : inputs) ids.push_back(graph.add_input("x", {t.dtype(), t.shape()}));
  graph.add_node(op, "n", ids);
  try {
    lower(graph, graph.nodes[0]);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Express, SaysWhatHasNoExpression) {
  EXPECT_EQ(error_of("relu", {Tensor(DType::kFloat16, {4})}),
            "relu 'n': elements of f16: the floats of an expression are f32 and f64");
  EXPECT_EQ(error_of("relu", {Tensor(DType::kFloat32, {4, 0})}),
            "relu 'n': 'x' of shape 4x0 has no elements: there is nothing to compute");
  EXPECT_EQ(error_of("pow", {Tensor(DType::kInt32, {2}), Tensor(DType::kInt32, {2})}),
            "pow 'n': a power of i32 needs a constant exponent from 0 to 16: otherwise only powers "
            "of floats have an expression");
}

}  // namespace
}  // namespace vta::ops
