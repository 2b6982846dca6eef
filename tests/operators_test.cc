// Every operator that the accelerator runs gives the same bytes three times: by the integer
// interpreter's kernel, by its program on the functional simulator, and by its expression compiled
// for the host. On the layers of whole networks, and on random ones. Every program is proven.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>

#include "tests/draw_operator.h"
#include "vta/codegen/llvm/compile.h"
#include "vta/compiler/compile.h"
#include "vta/compiler/offload.h"
#include "vta/graph/interpreter.h"
#include "vta/graph/op.h"
#include "vta/graph/passes.h"
#include "vta/isa/check.h"
#include "vta/module/executor.h"
#include "vta/module/placement.h"
#include "vta/ops/express.h"
#include "vta/quantize/quantize.h"
#include "vta/runtime/device.h"
#include "vta/zoo/zoo.h"

namespace vta {
namespace {

using graph::Graph;
using graph::NamedTensors;
using graph::Node;
using graph::ValueId;

constexpr size_t kAlignment = 64;

struct Free {
  void operator()(uint8_t* p) const { std::free(p); }
};
using Memory = std::unique_ptr<uint8_t, Free>;

Memory aligned(std::span<const uint8_t> contents, size_t bytes) {
  const size_t size = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  Memory memory(static_cast<uint8_t*>(std::aligned_alloc(kAlignment, size)));
  std::ranges::copy(contents, memory.get());
  return memory;
}

// The output of a graph's only node by its expression, compiled.
Tensor compiled_for_host(const Graph& graph, const NamedTensors& inputs) {
  const Node& node = graph.nodes.at(0);
  const ops::LoweredNode lowered = ops::lower(graph, node);
  codegen::Jit jit;
  const codegen::Kernel kernel = jit.compile(lowered.function, codegen::Optimize::kQuickly);
  std::vector<Memory> memory;
  for (const size_t input : lowered.inputs) {
    const ValueId id = node.input(input);
    const Tensor* constant = graph.constant(id);
    const Tensor& value = constant != nullptr ? *constant : inputs.at(graph.value(id).name);
    memory.push_back(aligned(value.bytes(), value.bytes().size()));
  }
  Tensor output(DType::kInt8, graph.value(graph.outputs[0]).type.shape);
  memory.push_back(aligned({}, output.bytes().size()));
  std::vector<void*> buffers;
  for (const Memory& m : memory) buffers.push_back(m.get());
  kernel(buffers);
  std::copy_n(memory.back().get(), output.bytes().size(), output.bytes().begin());
  return output;
}

// Of a graph with one node.
void expect_agreement(const Graph& graph, const hw::Config& config, std::mt19937_64& random) {
  NamedTensors inputs;
  for (const ValueId id : graph.inputs) {
    const graph::Value& value = graph.value(id);
    inputs[value.name] = draw_tensor<int8_t>(value.type.shape, -128, 127, random);
  }
  const NamedTensors expected = graph::run(graph, inputs);
  const compiler::Compiled compiled = compiler::compile_integer(graph, config);
  ASSERT_EQ(compiled.report.nodes[0].reason, "") << config.name;
  for (const isa::Program& program : module::placed_programs(compiled.module)) {
    const isa::CheckReport report = isa::check(program);
    ASSERT_TRUE(report.ok()) << isa::to_string(report);
  }
  const auto device = runtime::make_device("fsim", config);
  EXPECT_EQ(module::Executor(compiled.module, *device).run(inputs), expected)
      << "accelerator " << config.name;
  EXPECT_EQ(compiled_for_host(graph, inputs), expected.begin()->second) << "host";
}

// -- the networks' layers -----------------------------------------------------------------------

// In integers, with ranges that make values of all sizes.
Graph quantised(std::string_view name, const hw::Config& config) {
  const Graph network = graph::simplify(zoo::build(name));
  const std::vector<quantize::Range> ranges(network.values.size(), {.min = -3, .max = 5});
  return quantize::quantize(network, ranges, {.weight_bits = config.wgt_bits});
}

// The node alone.
Graph alone(const Graph& network, const Node& node) {
  Graph result;
  std::vector<ValueId> inputs;
  for (const ValueId id : node.inputs) {
    if (id == graph::kNoValue) {
      inputs.push_back(id);
      continue;
    }
    const graph::Value& value = network.value(id);
    const Tensor* constant = network.constant(id);
    inputs.push_back(constant != nullptr ? result.add_constant(value.name, *constant)
                                         : result.add_input(value.name, value.type));
  }
  result.outputs = result.add_node(node.op, node.name, inputs, node.attributes);
  return result;
}

// What two nodes of the same layer shape have in common.
std::string shape_key(const Graph& graph, const Node& node) {
  std::string key = node.op;
  for (const ValueId id : node.inputs) {
    if (id != graph::kNoValue) key += " " + to_string(graph.value(id).type);
  }
  for (const char* name : {"kernel_shape", "strides", "dilations", "pads"}) {
    if (!node.attributes.contains(name)) continue;
    key += fmt::format(" {}", fmt::join(node.ints_attr(name), ","));
  }
  return key;
}

class Networks : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Operators, Networks,
                         testing::Values("resnet18", "resnet50", "mobilenet_v1", "mobilenet_v2",
                                         "dcgan", "squeezenet"));

TEST_P(Networks, LayersAgree) {
  std::mt19937_64 random(3);
  const hw::Config config = hw::load_config("default");
  const Graph network = quantised(GetParam(), config);
  std::set<std::string> seen;
  for (const Node& node : network.nodes) {
    const bool is_integer = network.value(node.outputs[0]).type.dtype == DType::kInt8;
    if (!is_integer || compiler::constraints(node.op).empty()) continue;
    if (!seen.insert(shape_key(network, node)).second) continue;
    SCOPED_TRACE(node.name + ": " + shape_key(network, node));
    expect_agreement(alone(network, node), config, random);
  }
  EXPECT_FALSE(seen.empty());
}

// -- random ones --------------------------------------------------------------------------------

hw::Config two_images() {
  hw::Config c = hw::load_config("default");
  c.name = "batch of two";
  c.batch = 2;
  c.block_in = c.block_out = c.alu_lanes = c.requantise_lanes = 8;
  hw::validate(c, "test");
  return c;
}

TEST(Operators, AgreeOnRandomShapes) {
  constexpr int kPrograms = 1000;
  const std::vector<hw::Config> configs = {hw::load_config("default"), hw::load_config("ultra96"),
                                           two_images(), hw::load_config("ultra96-w4")};
  const std::vector<std::string_view> ops = drawn_operators();
  std::mt19937_64 random(4);
  for (int run = 0; run < kPrograms; ++run) {
    const std::string_view op = ops[static_cast<size_t>(run) % ops.size()];
    const hw::Config& config = configs[static_cast<size_t>(run) / ops.size() % configs.size()];
    SCOPED_TRACE(testing::Message() << "run " << run << ": " << op);
    expect_agreement(draw_operator(op, config, random), config, random);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Operators, AllThatTheAcceleratorRunsAreDrawn) {
  const std::vector<std::string_view> drawn = drawn_operators();
  for (const graph::OpDef* op : graph::all_ops()) {
    if (compiler::constraints(op->name).empty()) continue;
    EXPECT_NE(std::ranges::find(drawn, op->name), drawn.end()) << op->name;
  }
}

}  // namespace
}  // namespace vta
