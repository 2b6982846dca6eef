// Every lowering against the integer interpreter, on random shapes and data, on the reference
// simulator under several orders of units and on the fast one, with every program proven by
// check().
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "vta/base/requantize.h"
#include "vta/compiler/compile.h"
#include "vta/graph/op.h"
#include "vta/isa/check.h"
#include "vta/module/executor.h"
#include "vta/module/placement.h"
#include "vta/runtime/device.h"

namespace vta::compiler {
namespace {

using graph::Graph;
using graph::ValueId;

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int64_t in(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine_);
  }
  template <typename T>
  Tensor tensor(Shape shape, int64_t low, int64_t high) {
    Tensor result(dtype_of<T>(), std::move(shape));
    for (T& value : result.as<T>()) value = static_cast<T>(in(low, high));
    return result;
  }

 private:
  std::mt19937 engine_;
};

struct WeightedInputs {
  std::vector<ValueId> ids;
};

WeightedInputs add_weights(Graph& graph, ValueId x, Shape shape, const hw::Config& config,
                           Random& random) {
  const int64_t channels = shape[0];
  const int64_t limit = (int64_t{1} << (config.wgt_bits - 1)) - 1;
  return {{x, graph.add_constant("w", random.tensor<int8_t>(std::move(shape), -limit, limit)),
           graph.add_constant("bias", random.tensor<int32_t>({channels}, -5000, 5000)),
           graph.add_constant("factor", random.tensor<int32_t>({channels}, 1 << 30, INT32_MAX)),
           graph.add_constant("shift", random.tensor<int32_t>({channels}, -10, -5))}};
}

std::map<std::string, graph::Attribute> clip(Random& random) {
  return {{"x_zero_point", random.in(0, 3) == 0 ? int64_t{0} : random.in(-128, 127)},
          {"zero_point", random.in(-20, 20)},
          {"clip_min", random.in(-128, -60)},
          {"clip_max", random.in(60, 127)}};
}

Graph conv_graph(const Shape& x_shape, const Shape& w_shape, int64_t stride, int64_t pad,
                 int64_t dilation, int64_t group, const hw::Config& config, Random& random) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kInt8, x_shape});
  auto attributes = clip(random);
  attributes["strides"] = std::vector<int64_t>{stride, stride};
  attributes["pads"] = std::vector<int64_t>{pad, pad, pad, pad};
  attributes["dilations"] = std::vector<int64_t>{dilation, dilation};
  attributes["group"] = group;
  const WeightedInputs inputs = add_weights(graph, x, w_shape, config, random);
  graph.outputs = graph.add_node("qconv", "conv", inputs.ids, attributes);
  return graph;
}

std::map<std::string, graph::Attribute> window(std::vector<int64_t> kernel, int64_t stride,
                                               std::vector<int64_t> pads) {
  return {{"kernel_shape", std::move(kernel)},
          {"strides", std::vector<int64_t>{stride, stride}},
          {"pads", std::move(pads)}};
}

void expect_proven(const module::Module& module) {
  for (const isa::Program& program : module::placed_programs(module)) {
    const isa::CheckReport report = isa::check(program);
    EXPECT_TRUE(report.ok()) << isa::to_string(report);
  }
}

// Runs on every simulator and compares every output with the interpreter's.
void expect_matches_interpreter(const Graph& graph, const hw::Config& config, Random& random) {
  graph::NamedTensors inputs;
  for (const ValueId id : graph.inputs) {
    inputs[graph.value(id).name] = random.tensor<int8_t>(graph.value(id).type.shape, -128, 127);
  }
  const graph::NamedTensors expected = graph::run(graph, inputs);
  const Compiled compiled = compile_integer(graph, config);
  for (const NodeReport& node : compiled.report.nodes) {
    ASSERT_TRUE(node.on_accelerator) << node.op << ": " << node.reason;
  }
  expect_proven(compiled.module);
  for (const auto& [name, seed] : std::vector<std::pair<std::string, uint64_t>>{
           {"ref", 1}, {"ref", 2}, {"ref", 3}, {"fsim", 0}}) {
    const auto device = runtime::make_device(name, config, seed);
    module::Executor executor(compiled.module, *device);
    EXPECT_EQ(executor.run(inputs), expected) << name << " seed " << seed;
  }
}

class Lower : public testing::TestWithParam<const char*> {
 protected:
  hw::Config config_ = hw::load_config(GetParam());
  Random random_{17};
};

INSTANTIATE_TEST_SUITE_P(Presets, Lower,
                         testing::Values("default", "tiny", "ultra96", "ultra96-w4", "ulx3s",
                                         "datacenter"),
                         [](const auto& preset) {
                           std::string name = preset.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST_P(Lower, Convolutions) {
  struct Case {
    Shape x, w;
    int64_t stride, pad, dilation, group;
  };
  for (const Case& c : std::vector<Case>{
           {{1, 16, 8, 8}, {16, 16, 3, 3}, 1, 1, 1, 1},
           {{1, 3, 9, 11}, {20, 3, 3, 3}, 2, 1, 1, 1},
           {{2, 40, 6, 5}, {24, 40, 1, 1}, 1, 0, 1, 1},
           {{1, 8, 12, 12}, {8, 8, 5, 5}, 1, 2, 1, 1},
           {{1, 8, 10, 10}, {8, 8, 3, 3}, 1, 2, 2, 1},
           {{1, 24, 7, 7}, {24, 1, 3, 3}, 1, 1, 1, 24},
           {{1, 32, 6, 6}, {64, 16, 3, 3}, 2, 1, 1, 2},
           {{1, 12, 5, 5}, {6, 4, 3, 3}, 1, 1, 1, 3},
           {{1, 8, 2, 2}, {8, 8, 3, 3}, 2, 1, 1, 1},
       }) {
    expect_matches_interpreter(
        conv_graph(c.x, c.w, c.stride, c.pad, c.dilation, c.group, config_, random_), config_,
        random_);
  }
}

TEST_P(Lower, RandomConvolutions) {
  for (int i = 0; i < 12; ++i) {
    const int64_t kernel = random_.in(1, 3);
    const int64_t group = random_.in(0, 2) == 0 ? random_.in(1, 3) : 1;
    const Shape x = {random_.in(1, 2), group * random_.in(1, 20), random_.in(3, 12),
                     random_.in(3, 12)};
    const Shape w = {group * random_.in(1, 20), x[1] / group, kernel, kernel};
    expect_matches_interpreter(
        conv_graph(x, w, random_.in(1, 2), random_.in(0, kernel - 1), 1, group, config_, random_),
        config_, random_);
  }
}

// The node's input as it is uploaded.
const module::UploadStep& first_upload(const module::Module& module) {
  for (const module::Step& step : module.steps) {
    if (const auto* upload = std::get_if<module::UploadStep>(&step)) return *upload;
  }
  throw Error("nothing is uploaded");
}

TEST_P(Lower, FirstLayersOfFewChannelsWithFoldedWindows) {
  for (const int64_t dilation : {1, 2}) {
    for (const int64_t x_zero_point : {0, -128}) {
      Graph graph = conv_graph({1, 3, 15, 17}, {20, 3, 5, 5}, 2, 2, dilation, 1, config_, random_);
      graph.nodes[0].attributes["pads"] = std::vector<int64_t>{1, 3, 2, 4};
      graph.nodes[0].attributes["x_zero_point"] = x_zero_point;
      graph.value(graph.outputs[0]).type = graph::infer_types(graph, graph.nodes[0], 1)[0];
      expect_matches_interpreter(graph, config_, random_);
      const auto fold = first_upload(compile_integer(graph, config_).module).fold;
      ASSERT_TRUE(fold.has_value());
      EXPECT_EQ(fold->columns, (module::FoldedAxis{.kernel = 5,
                                                   .stride = 2,
                                                   .dilation = static_cast<int>(dilation),
                                                   .pad = 3,
                                                   .out = dilation == 1 ? 10 : 8}));
      EXPECT_EQ(fold->outside, x_zero_point);
    }
  }
}

// Of 7x7 taps of 3 channels 147 fill their blocks better than the 21 of each row; where memory is
// fast that counts.
TEST_P(Lower, AFirstLayerWithFoldedRows) {
  for (const int64_t x_zero_point : {0, -128}) {
    Graph graph = conv_graph({1, 3, 30, 34}, {20, 3, 7, 7}, 2, 3, 1, 1, config_, random_);
    graph.nodes[0].attributes["x_zero_point"] = x_zero_point;
    expect_matches_interpreter(graph, config_, random_);
    if (config_.name != "default") continue;
    const auto fold = first_upload(compile_integer(graph, config_).module).fold;
    ASSERT_TRUE(fold.has_value());
    EXPECT_EQ(fold->rows,
              (module::FoldedAxis{.kernel = 7, .stride = 2, .dilation = 1, .pad = 3, .out = 15}));
  }
}

// 144 taps are more than the 128 weights of `tiny`; twelve of three blocks are not.
TEST_P(Lower, AFirstLayerWhoseKernelFitsOnlyFolded) {
  expect_matches_interpreter(
      conv_graph({1, 1, 14, 14}, {4, 1, 12, 12}, 1, 0, 1, 1, config_, random_), config_, random_);
}

TEST_P(Lower, AFoldedInputIsTheOthersUnfoldedInput) {
  Graph graph = conv_graph({1, 3, 12, 12}, {20, 3, 5, 5}, 1, 2, 1, 1, config_, random_);
  const auto pooled =
      graph.add_node("qmax_pool", "pool", graph.inputs, window({2, 2}, 2, {0, 0, 0, 0}));
  graph.outputs.push_back(pooled[0]);
  expect_matches_interpreter(graph, config_, random_);
}

Graph transposed_graph(const Shape& x_shape, const Shape& w_shape, std::vector<int64_t> strides,
                       std::vector<int64_t> pads, std::vector<int64_t> output_padding,
                       int64_t group, const hw::Config& config, Random& random) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kInt8, x_shape});
  auto attributes = clip(random);
  attributes["strides"] = std::move(strides);
  attributes["pads"] = std::move(pads);
  attributes["output_padding"] = std::move(output_padding);
  attributes["group"] = group;
  const int64_t channels = w_shape[1] * group;
  WeightedInputs inputs = add_weights(graph, x, {channels, 1, 1, 1}, config, random);
  const int64_t limit = (int64_t{1} << (config.wgt_bits - 1)) - 1;
  inputs.ids[1] = graph.add_constant("w", random.tensor<int8_t>(w_shape, -limit, limit));
  graph.outputs = graph.add_node("qconv_transpose", "up", inputs.ids, attributes);
  return graph;
}

// Kernels of 3x3, 5x5, 4x4 and 2x2 with strides of 2, a kernel smaller than its stride, groups,
// batches, and an input of one pixel, which is a dense layer.
TEST_P(Lower, TransposedConvolutions) {
  struct Case {
    Shape x, w;
    std::vector<int64_t> strides, pads, output_padding;
    int64_t group;
  };
  for (const Case& c : std::vector<Case>{
           {{1, 20, 5, 4}, {20, 18, 3, 3}, {2, 2}, {1, 1, 1, 1}, {1, 1}, 1},
           {{1, 20, 4, 4}, {20, 3, 3, 3}, {2, 2}, {1, 1, 1, 1}, {0, 0}, 1},
           {{2, 40, 4, 4}, {40, 20, 5, 5}, {2, 2}, {2, 2, 2, 2}, {1, 1}, 1},
           {{1, 8, 6, 5}, {8, 24, 4, 4}, {2, 2}, {1, 1, 1, 1}, {0, 0}, 1},
           {{1, 16, 3, 3}, {16, 16, 2, 2}, {2, 2}, {0, 0, 0, 0}, {0, 0}, 1},
           {{1, 8, 4, 5}, {8, 8, 4, 4}, {1, 1}, {0, 3, 1, 2}, {0, 0}, 1},
           {{1, 9, 3, 4}, {9, 4, 2, 1}, {3, 2}, {0, 0, 1, 0}, {2, 1}, 1},
           {{2, 12, 4, 3}, {12, 5, 3, 3}, {2, 1}, {1, 0, 0, 1}, {1, 0}, 2},
           {{2, 40, 1, 1}, {40, 20, 4, 4}, {1, 1}, {0, 0, 0, 0}, {0, 0}, 1},
           {{1, 12, 1, 1}, {12, 5, 4, 3}, {2, 2}, {1, 0, 1, 1}, {1, 1}, 2},
       }) {
    expect_matches_interpreter(
        transposed_graph(c.x, c.w, c.strides, c.pads, c.output_padding, c.group, config_, random_),
        config_, random_);
  }
}

TEST_P(Lower, RandomTransposedConvolutions) {
  for (int i = 0; i < 4; ++i) {
    const std::vector<int64_t> kernel = {random_.in(1, 5), random_.in(1, 5)};
    const std::vector<int64_t> strides = {random_.in(1, 3), random_.in(1, 2)};
    const int64_t pad = random_.in(0, std::min(kernel[0], kernel[1]) - 1) / 2;
    const int64_t group = random_.in(0, 3) == 0 ? 2 : 1;
    const Shape x = {random_.in(1, 2), group * random_.in(1, 20), random_.in(2, 7),
                     random_.in(2, 7)};
    expect_matches_interpreter(
        transposed_graph(x, {x[1], random_.in(1, 20), kernel[0], kernel[1]}, strides,
                         {pad, pad, pad, pad},
                         {random_.in(0, strides[0] - 1), random_.in(0, strides[1] - 1)}, group,
                         config_, random_),
        config_, random_);
  }
}

TEST_P(Lower, DenseWithAnInputZeroPoint) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kInt8, {3, 70}});
  auto attributes = clip(random_);
  attributes["x_zero_point"] = int64_t{-7};
  const WeightedInputs inputs = add_weights(graph, x, {33, 70}, config_, random_);
  graph.outputs = graph.add_node("qgemm", "dense", inputs.ids, attributes);
  expect_matches_interpreter(graph, config_, random_);
}

TEST_P(Lower, ResidualAddOfDifferentScales) {
  Graph graph;
  const ValueId a = graph.add_input("a", {DType::kInt8, {1, 20, 13, 9}});
  const ValueId b = graph.add_input("b", {DType::kInt8, {1, 20, 13, 9}});
  auto attributes = clip(random_);
  attributes.erase("x_zero_point");
  attributes["left_shift"] = int64_t{20};
  attributes["a_zero_point"] = int64_t{3};
  attributes["a_factor"] = int64_t{1 << 30};
  attributes["a_shift"] = int64_t{0};
  attributes["b_zero_point"] = int64_t{-4};
  attributes["b_factor"] = int64_t{1518500250};
  attributes["b_shift"] = int64_t{-1};
  attributes["factor"] = int64_t{1717986918};
  attributes["shift"] = int64_t{-18};
  graph.outputs = graph.add_node("qadd", "add", {a, b}, attributes);
  expect_matches_interpreter(graph, config_, random_);
}

TEST_P(Lower, ResidualAddByIntegers) {
  for (const Shape& shape : {Shape{2, 20, 13, 9}, Shape{3, 40}}) {
    Graph graph;
    const ValueId a = graph.add_input("a", {DType::kInt8, shape});
    const ValueId b = graph.add_input("b", {DType::kInt8, shape});
    auto attributes = clip(random_);
    attributes.erase("x_zero_point");
    attributes["left_shift"] = int64_t{0};
    attributes["a_zero_point"] = int64_t{-128};
    attributes["b_zero_point"] = int64_t{5};
    attributes["a_factor"] = int64_t{exact_multiplier(127).factor};
    attributes["b_factor"] = int64_t{exact_multiplier(3).factor};
    attributes["a_shift"] = attributes["b_shift"] = int64_t{exact_multiplier(1).shift};
    attributes["factor"] = int64_t{1717986918};
    attributes["shift"] = int64_t{-6};
    graph.outputs = graph.add_node("qadd", "add", {a, b}, attributes);
    expect_matches_interpreter(graph, config_, random_);
  }
}

TEST_P(Lower, ARequantisationAlone) {
  for (const Shape& shape : {Shape{2, 20, 13, 9}, Shape{3, 40}}) {
    Graph graph;
    const ValueId x = graph.add_input("x", {DType::kInt8, shape});
    auto attributes = clip(random_);
    attributes["factor"] = int64_t{1518500250};
    attributes["shift"] = int64_t{1};
    graph.outputs = graph.add_node("qrescale", "rescale", {x}, attributes);
    expect_matches_interpreter(graph, config_, random_);
  }
}

TEST_P(Lower, MaxPoolsWithPadding) {
  for (const auto& [kernel, stride, pads] :
       std::vector<std::tuple<std::vector<int64_t>, int64_t, std::vector<int64_t>>>{
           {{2, 2}, 2, {0, 0, 0, 0}}, {{3, 3}, 2, {1, 1, 1, 1}}, {{3, 2}, 1, {0, 1, 2, 0}}}) {
    Graph graph;
    const ValueId x = graph.add_input("x", {DType::kInt8, {1, 20, 11, 9}});
    graph.outputs = graph.add_node("qmax_pool", "pool", {x}, window(kernel, stride, pads));
    expect_matches_interpreter(graph, config_, random_);
  }
}

TEST_P(Lower, MaxPoolsOfDilatedWindowsBeyondTheEdge) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kInt8, {2, 10, 8, 13}});
  auto attributes = window({3, 2}, 2, {2, 1, 1, 0});
  attributes["dilations"] = std::vector<int64_t>{2, 3};
  attributes["ceil_mode"] = int64_t{1};
  graph.outputs = graph.add_node("qmax_pool", "pool", {x}, attributes);
  expect_matches_interpreter(graph, config_, random_);
}

TEST_P(Lower, AveragePoolsCountWhatTheNodeSays) {
  for (const int64_t count_include_pad : {0, 1}) {
    for (const int64_t ceil_mode : {0, 1}) {
      Graph graph;
      const ValueId x = graph.add_input("x", {DType::kInt8, {1, 10, 9, 8}});
      auto attributes = window({3, 3}, 2, {1, 1, 1, 1});
      attributes.merge(clip(random_));
      attributes["x_zero_point"] = int64_t{5};
      attributes["scale"] = 1.7;
      attributes["count_include_pad"] = count_include_pad;
      attributes["ceil_mode"] = ceil_mode;
      graph.outputs = graph.add_node("qaverage_pool", "pool", {x}, attributes);
      expect_matches_interpreter(graph, config_, random_);
    }
  }
}

TEST_P(Lower, PoolOfAWindowThatIsLargerThanTheScratchpads) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kInt8, {1, 4, 50, 60}});
  auto attributes = clip(random_);
  attributes["scale"] = 1.1;
  graph.outputs = graph.add_node("qglobal_average_pool", "pool", {x}, attributes);
  expect_matches_interpreter(graph, config_, random_);
}

TEST_P(Lower, GlobalAveragePool) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kInt8, {2, 40, 5, 4}});
  auto attributes = clip(random_);
  attributes["scale"] = 1.3;
  graph.outputs = graph.add_node("qglobal_average_pool", "pool", {x}, attributes);
  expect_matches_interpreter(graph, config_, random_);
}

// Values stay packed on the device between kernels; only the ends are uploaded and downloaded.
TEST_P(Lower, ChainsWithoutARoundTripToTheHost) {
  Graph graph = conv_graph({1, 8, 8, 8}, {24, 8, 3, 3}, 1, 1, 1, 1, config_, random_);
  const auto pooled =
      graph.add_node("qmax_pool", "pool", {graph.outputs[0]}, window({8, 8}, 1, {0, 0, 0, 0}));
  const ValueId shape =
      graph.add_constant("shape", Tensor::of<int64_t>({2}, std::vector<int64_t>{1, 24}));
  graph.outputs = graph.add_node("reshape", "flat", {pooled[0], shape});
  const Compiled compiled = compile_integer(graph, config_);
  size_t moves = 0;
  for (const module::Step& step : compiled.module.steps) {
    moves += std::holds_alternative<module::UploadStep>(step) ||
             std::holds_alternative<module::DownloadStep>(step);
  }
  EXPECT_EQ(moves, 2U);
}

}  // namespace
}  // namespace vta::compiler
