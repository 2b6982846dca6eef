#include "vta/graph/graph.h"

#include <gtest/gtest.h>

#include <functional>

#include "vta/graph/op.h"

namespace vta::graph {
namespace {

TensorType f32(Shape shape) {
  return {DType::kFloat32, std::move(shape)};
}

TEST(Graph, MakesNamesUnique) {
  Graph graph;
  const ValueId x = graph.add_input("x", f32({1, 2, 4}));
  const ValueId x1 = graph.add_constant("x", Tensor(DType::kFloat32, {1}));
  const ValueId first = graph.add_node("global_max_pool", "pool", {x})[0];
  const ValueId second = graph.add_node("global_max_pool", "pool", {first})[0];
  graph.outputs = {second};
  EXPECT_EQ(graph.value(x1).name, "x_1");
  EXPECT_EQ(graph.nodes[1].name, "pool_1");
  EXPECT_EQ(graph.value(second).name, "pool_1");
  graph.rename(second, "x");
  EXPECT_EQ(graph.value(second).name, "x_2");
  EXPECT_NO_THROW(verify(graph));
}

TEST(Graph, ListsProducersAndConsumers) {
  Graph graph;
  const ValueId x = graph.add_input("x", f32({2, 2}));
  const ValueId y = graph.add_node("matmul", "y", {x, x})[0];
  graph.outputs = graph.add_node("matmul", "z", {y, x});
  EXPECT_EQ(producers(graph), (std::vector<int32_t>{-1, 0, 1}));
  EXPECT_EQ(consumers(graph), (std::vector<std::vector<int32_t>>{{0, 0, 1}, {1}, {}}));
}

std::string attribute_error(const Node& node, const std::string& key) {
  try {
    static_cast<void>(node.ints_attr(key));
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Graph, AttributeErrorsNameNodeAndAttribute) {
  Node node;
  node.op = "conv";
  node.name = "c1";
  node.attributes = {{"group", 1}};
  EXPECT_EQ(attribute_error(node, "pads"), "conv 'c1': no attribute 'pads'");
  EXPECT_EQ(attribute_error(node, "group"),
            "conv 'c1': attribute 'group' is not a list of integers");
}

// A valid graph of two nodes, for the tests below to break.
Graph two_nodes() {
  Graph graph;
  const ValueId x = graph.add_input("x", f32({2, 2}));
  const ValueId c = graph.add_constant("c", Tensor(DType::kFloat32, {2, 2}));
  const ValueId y = graph.add_node("matmul", "y", {x, c})[0];
  graph.outputs = graph.add_node("gemm", "z", {y, x});
  return graph;
}

std::string verify_error(const std::function<void(Graph&)>& change) {
  Graph graph = two_nodes();
  verify(graph);
  change(graph);
  try {
    verify(graph);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Verify, NamesTheRuleThatIsBroken) {
  EXPECT_EQ(verify_error([](Graph& g) { g.values[1].name = "x"; }),
            "graph 'graph': two values have the name 'x'");
  EXPECT_EQ(verify_error([](Graph& g) { g.nodes[1].name = "y"; }),
            "graph 'graph': two nodes have the name 'y'");
  EXPECT_EQ(verify_error([](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }),
            "graph 'graph': gemm 'z': value 'y' is used before a node produces it");
  EXPECT_EQ(verify_error([](Graph& g) { g.nodes[1].outputs = g.nodes[0].outputs; }),
            "graph 'graph': gemm 'z': value 'y' already has a producer");
  EXPECT_EQ(verify_error([](Graph& g) { g.nodes[1].inputs[0] = 99; }),
            "graph 'graph': gemm 'z': no value 99, the graph has 4");
  EXPECT_EQ(verify_error([](Graph& g) { g.inputs.push_back(1); }),
            "graph 'graph': the constants: value 'c' already has a producer");
  EXPECT_EQ(verify_error([](Graph& g) { g.outputs[0] = -1; }),
            "graph 'graph': the graph's outputs: no value -1, the graph has 4");
  EXPECT_EQ(verify_error([](Graph& g) {
              g.values[3].type.shape = {2, 3};
            }),
            "graph 'graph': gemm 'z': output 'z' has type f32[2x3], but inference gives f32[2x2]");
  EXPECT_EQ(verify_error([](Graph& g) { g.values[1].type.shape = {4}; }),
            "graph 'graph': constant 'c' has type f32[4], but its tensor is f32[2x2]");
  EXPECT_EQ(verify_error([](Graph& g) { g.nodes[1].attributes.erase("alpha"); }),
            "graph 'graph': gemm 'z': attribute 'alpha' is missing");
  EXPECT_EQ(verify_error([](Graph& g) { g.nodes[1].attributes["alpha"] = 1; }),
            "graph 'graph': gemm 'z': attribute 'alpha' must be a float");
  EXPECT_EQ(verify_error([](Graph& g) { g.nodes[1].attributes["gamma"] = 1; }),
            "graph 'graph': gemm 'z': unknown attribute 'gamma'");
  EXPECT_EQ(verify_error([](Graph& g) { g.nodes[1].inputs[1] = kNoValue; }),
            "graph 'graph': gemm 'z': input 1 must be given");
  EXPECT_EQ(verify_error([](Graph& g) { g.nodes[0].op = "matmull"; }),
            "graph 'graph': node 'y': no operator is called 'matmull'");
}

TEST(OpTable, EachOperatorIsListedOnceWithBothFunctions) {
  const std::vector<const OpDef*> ops = all_ops();
  ASSERT_GE(ops.size(), 17U);
  for (size_t i = 0; i < ops.size(); ++i) {
    EXPECT_EQ(find_op(ops[i]->name), ops[i]);
    EXPECT_TRUE(ops[i]->infer != nullptr && ops[i]->run != nullptr) << ops[i]->name;
    if (i > 0) {
      EXPECT_LT(ops[i - 1]->name, ops[i]->name);
    }
  }
  EXPECT_EQ(find_op("Conv"), nullptr);
}

}  // namespace
}  // namespace vta::graph
