#include "vta/compiler/compile.h"

#include <gtest/gtest.h>

#include <random>

#include "vta/compiler/macs.h"
#include "vta/module/executor.h"
#include "vta/runtime/device.h"

namespace vta::compiler {
namespace {

using graph::Graph;
using graph::ValueId;

Tensor random_tensor(Shape shape, std::mt19937& random) {
  Tensor result(DType::kFloat32, std::move(shape));
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (float& value : result.as<float>()) value = uniform(random);
  return result;
}

// A convolution that the accelerator runs, a tanh that it does not, a convolution again.
Graph mixed_network(std::mt19937& random) {
  Graph graph;
  const std::map<std::string, graph::Attribute> attributes = {
      {"strides", std::vector<int64_t>{1, 1}},
      {"pads", std::vector<int64_t>{1, 1, 1, 1}},
      {"dilations", std::vector<int64_t>{1, 1}},
      {"group", int64_t{1}}};
  const ValueId x = graph.add_input("x", {DType::kFloat32, {1, 4, 6, 6}});
  const ValueId w0 = graph.add_constant("w0", random_tensor({8, 4, 3, 3}, random));
  const ValueId w1 = graph.add_constant("w1", random_tensor({4, 8, 3, 3}, random));
  const auto a = graph.add_node("conv", "first", {x, w0}, attributes);
  const auto b = graph.add_node("tanh", "middle", {a[0]});
  graph.outputs = graph.add_node("conv", "last", {b[0], w1}, attributes);
  return graph;
}

TEST(Compile, HostAndAcceleratorTakeTurns) {
  std::mt19937 random(1);
  const Graph network = mixed_network(random);
  const graph::NamedTensors sample = {{"x", random_tensor({1, 4, 6, 6}, random)}};
  const hw::Config config = hw::load_config("default");
  const Compiled compiled = compile_network(network, {sample}, config);
  EXPECT_EQ(compiled.module.kernels.size(), 2U);
  EXPECT_EQ(compiled.report.macs(), macs(network));
  EXPECT_EQ(compiled.report.macs_on_accelerator(), macs(network));
  const auto expected = graph::run(compiled.module.graph, sample);
  const auto device = runtime::make_device("ref", config);
  EXPECT_EQ(module::Executor(compiled.module, *device).run(sample), expected);
}

TEST(Compile, ReportSaysWhyANodeStaysOnTheHost) {
  std::mt19937 random(2);
  const Graph network = mixed_network(random);
  hw::Config config = hw::load_config("default");
  std::erase(config.alu_ops, hw::AluOp::kRequantise);
  const Compiled compiled =
      compile_network(network, {{{"x", random_tensor({1, 4, 6, 6}, random)}}}, config);
  EXPECT_EQ(compiled.report.macs_on_accelerator(), 0);
  for (const NodeReport& node : compiled.report.nodes) {
    EXPECT_EQ(node.reason, node.op == "qconv" ? "the configuration's ALU must have rqt"
                                              : "no accelerator lowering for " + node.op);
  }
}

TEST(Compile, WindowThatFitsNoTileStaysOnTheHost) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kInt8, {1, 4, 1, 4000}});
  graph.outputs = graph.add_node("qmax_pool", "pool", {x},
                                 {{"kernel_shape", std::vector<int64_t>{1, 4000}},
                                  {"strides", std::vector<int64_t>{1, 1}},
                                  {"pads", std::vector<int64_t>{0, 0, 0, 0}}});
  const Compiled compiled = compile_integer(graph, hw::load_config("tiny"));
  EXPECT_EQ(compiled.report.nodes[0].reason,
            "no tile fits the input, accumulator and micro-op buffers");
}

}  // namespace
}  // namespace vta::compiler
