// Networks of pairs, written in the graph's text form as they are imported.
#include "vta/quantize/adopt_qdq.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "vta/graph/interpreter.h"
#include "vta/graph/passes.h"
#include "vta/import/onnx/model_builder.h"

namespace vta::quantize {
namespace {

using graph::Graph;
using graph::ValueId;
using Attributes = std::map<std::string, graph::Attribute>;

class Pairs {
 public:
  Graph graph;

  ValueId pair(ValueId x, double scale, int64_t zero) {
    const Attributes meaning = {{"scale", scale}, {"zero_point", zero}};
    return add("dequantize", {add("quantize", {x}, meaning)}, meaning);
  }
  // Integers less a zero point, times a scale for each index of the axis.
  ValueId weights(const Shape& shape, const std::vector<float>& scales, float zero = 0,
                  size_t axis = 0) {
    Tensor integers(DType::kInt8, shape);
    for (int8_t& w : integers.as<int8_t>()) w = static_cast<int8_t>(random_() % 128 - 64);
    integers_.push_back(integers);
    ValueId v = add("cast", {constant(integers)}, {{"to", "f32"}});
    if (zero != 0) v = add("sub", {v, constant(Tensor::of<float>({}, std::vector<float>{zero}))});
    Shape along(shape.size(), 1);
    along[axis] = static_cast<int64_t>(scales.size());
    return add("mul", {v, constant(Tensor::of<float>(along, scales))});
  }
  ValueId bias(const std::vector<int32_t>& values, const std::vector<float>& scales) {
    const Shape shape = {static_cast<int64_t>(values.size())};
    const ValueId v = add("cast", {constant(Tensor::of<int32_t>(shape, values))}, {{"to", "f32"}});
    return add("mul", {v, constant(Tensor::of<float>(shape, scales))});
  }
  ValueId add(const std::string& op, std::vector<ValueId> inputs, Attributes attributes = {}) {
    return graph.add_node(op, op, std::move(inputs), std::move(attributes))[0];
  }
  ValueId constant(const Tensor& tensor) { return graph.add_constant("c", tensor); }

  const std::vector<Tensor>& integers() const { return integers_; }

 private:
  std::mt19937 random_{7};
  std::vector<Tensor> integers_;
};

std::vector<std::string> ops_of(const Graph& graph) {
  std::vector<std::string> ops;
  for (const graph::Node& node : graph.nodes) ops.push_back(node.op);
  return ops;
}

// The largest difference of the outputs, in steps of `scale`, over some random inputs.
double difference(const Graph& pairs, const Graph& integer, double scale) {
  std::mt19937 random(9);
  std::uniform_real_distribution<float> uniform(-1, 1);
  double worst = 0;
  for (int i = 0; i < 8; ++i) {
    Tensor x(DType::kFloat32, pairs.value(pairs.inputs[0]).type.shape);
    for (float& value : x.as<float>()) value = uniform(random);
    const graph::NamedTensors input = {{pairs.value(pairs.inputs[0]).name, x}};
    const Tensor a = graph::run(pairs, input).begin()->second;
    const Tensor b = graph::run(integer, input).begin()->second;
    for (size_t e = 0; e < a.as<float>().size(); ++e) {
      worst = std::max(worst, std::fabs(a.as<float>()[e] - b.as<float>()[e]) / scale);
    }
  }
  return worst;
}

const Attributes kWindow = {{"pads", std::vector<int64_t>{1, 1, 1, 1}}};

// conv with relu, residual conv, add, max pool, flatten, dense layer.
Pairs residual() {
  Pairs p;
  const ValueId x = p.pair(p.graph.add_input("x", {DType::kFloat32, {1, 3, 6, 6}}), 1.0 / 128, 3);
  const float s = 0.004F;
  ValueId a = p.add("conv",
                    {x, p.weights({4, 3, 3, 3}, {s, 2 * s, s / 2, s}),
                     p.bias({900, -300, 40, 0}, {s / 128, 2 * s / 128, s / 256, s / 128})},
                    kWindow);
  a = p.pair(p.add("relu", {a}), 0.01, -128);
  ValueId b = p.pair(p.add("conv", {a, p.weights({4, 4, 3, 3}, {s})}, kWindow), 0.03, 5);
  b = p.pair(p.add("relu", {p.add("add", {a, b})}), 0.025, -128);
  b = p.add(
      "max_pool", {b},
      {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"strides", std::vector<int64_t>{2, 2}}});
  b = p.add("flatten", {b}, {{"axis", int64_t{1}}});
  b = p.add("gemm", {b, p.weights({5, 36}, {s, s, s, s, 3 * s}, 2)}, {{"transB", int64_t{1}}});
  p.graph.outputs = {p.pair(b, 0.02, -7)};
  return p;
}

TEST(AdoptQdq, LayersBetweenPairsBecomeIntegerOperators) {
  const Pairs p = residual();
  const Graph integer = adopt_qdq(p.graph);
  graph::verify(integer);
  EXPECT_THAT(ops_of(integer), testing::ElementsAre("quantize", "qconv", "qconv", "qadd",
                                                    "qmax_pool", "flatten", "qgemm", "dequantize"));
  EXPECT_LE(difference(p.graph, integer, 0.02), 2.001);
  EXPECT_EQ(integer.value(integer.outputs[0]).name, p.graph.value(p.graph.outputs[0]).name);
}

TEST(AdoptQdq, ScalesZeroPointsAndWeightsAreThoseThatArrived) {
  const Pairs p = residual();
  const Graph integer = adopt_qdq(p.graph);
  EXPECT_DOUBLE_EQ(integer.nodes[0].float_attr("scale"), 1.0 / 128);
  EXPECT_EQ(integer.nodes[0].int_attr("zero_point"), 3);
  EXPECT_EQ(integer.nodes[1].int_attr("x_zero_point"), 3);
  EXPECT_EQ(integer.nodes[2].int_attr("zero_point"), 5);
  EXPECT_NEAR(integer.nodes.back().float_attr("scale"), 0.02, 1e-12);
  EXPECT_EQ(*integer.constant(integer.nodes[1].input(1)), p.integers()[0]);
  EXPECT_EQ(*integer.constant(integer.nodes[2].input(1)), p.integers()[1]);
  const auto biases = integer.constant(integer.nodes[1].input(2))->as<int32_t>();
  EXPECT_THAT(std::vector<int32_t>(biases.begin(), biases.end()),
              testing::ElementsAre(900, -300, 40, 0));
  // The weights of the dense layer had a zero point.
  EXPECT_EQ(integer.constant(integer.nodes[6].input(1))->as<int8_t>()[0],
            p.integers()[2].as<int8_t>()[0] - 2);
}

TEST(AdoptQdq, WhatHasNoPairStaysInFloatingPoint) {
  Pairs p;
  ValueId v = p.graph.add_input("x", {DType::kFloat32, {1, 3, 6, 6}});
  v = p.add("conv", {v, p.weights({4, 3, 3, 3}, {0.01F})}, kWindow);  // no pair before it
  v = p.pair(v, 0.05, 0);
  v = p.add("conv", {v, p.weights({4, 4, 3, 3}, {0.01F})}, kWindow);  // nor behind this one
  p.graph.outputs = {p.add("sigmoid", {v})};
  const Graph kept = adopt_qdq(p.graph);
  EXPECT_THAT(ops_of(kept), testing::Not(testing::Contains("qconv")));
  EXPECT_THAT(ops_of(kept), testing::Contains("quantize"));
  EXPECT_LE(difference(p.graph, kept, 1), 1e-5);
}

TEST(AdoptQdq, OutputChannelsMayBeTheSecondDimensionOfWeights) {
  Pairs p;
  const std::vector<float> scales = {0.01F, 0.03F, 0.02F, 0.04F};
  ValueId v = p.pair(p.graph.add_input("x", {DType::kFloat32, {1, 3, 5, 5}}), 0.01, -3);
  v = p.pair(p.add("conv_transpose", {v, p.weights({3, 4, 3, 3}, scales, 0, 1)}), 0.1, 4);
  v = p.add("flatten", {v}, {{"axis", int64_t{1}}});
  p.graph.outputs = {p.pair(p.add("gemm", {v, p.weights({196, 4}, scales, 0, 1)}), 1, 0)};
  const Graph integer = adopt_qdq(p.graph);
  EXPECT_THAT(ops_of(integer), testing::ElementsAre("quantize", "qconv_transpose", "flatten",
                                                    "qgemm", "dequantize"));
  EXPECT_EQ(*integer.constant(integer.nodes[1].input(1)), p.integers()[0]);
  EXPECT_LE(difference(p.graph, integer, 1), 1.001);
}

// As the importer writes out QuantizeLinear to u8 and DequantizeLinear.
TEST(AdoptQdq, UnsignedBytesAreSignedOnesLower) {
  Pairs p;
  const auto pair = [&](ValueId x, double scale, int64_t zero) {
    const auto scalar = [&](double value) {
      return p.constant(Tensor::of<float>({}, std::vector<float>{static_cast<float>(value)}));
    };
    const double as_float = static_cast<float>(scale);
    ValueId v = p.add("quantize", {x}, {{"scale", as_float}, {"zero_point", zero - 128}});
    v = p.add("dequantize", {v}, {{"scale", 1.0}, {"zero_point", int64_t{-128}}});
    v = p.add("cast", {p.add("cast", {v}, {{"to", "u8"}})}, {{"to", "f32"}});
    if (zero != 0) v = p.add("sub", {v, scalar(static_cast<double>(zero))});
    return p.add("mul", {v, scalar(scale)});
  };
  ValueId v = pair(p.graph.add_input("x", {DType::kFloat32, {1, 3, 6, 6}}), 0.01, 117);
  v = p.add("relu", {p.add("conv", {v, p.weights({4, 3, 3, 3}, {0.01F})}, kWindow)});
  p.graph.outputs = {pair(v, 0.02, 0)};
  const Graph integer = adopt_qdq(p.graph);
  ASSERT_THAT(ops_of(integer), testing::ElementsAre("quantize", "qconv", "dequantize"));
  EXPECT_EQ(integer.nodes[1].int_attr("x_zero_point"), -11);
  EXPECT_EQ(integer.nodes[1].int_attr("zero_point"), -128);
  EXPECT_LE(difference(p.graph, integer, 0.02), 1.001);
}

void integers(import::ModelBuilder& model, const std::string& name, int type, const Shape& shape,
              const std::vector<int>& values) {
  auto* tensor = model.proto.mutable_graph()->add_initializer();
  import::ModelBuilder::fill(*tensor, name, shape, type);
  for (const int value : values) tensor->add_int32_data(value);
}

// QLinear operators arrive as such pairs too.
TEST(AdoptQdq, QLinearOperatorsBecomeIntegerOnes) {
  using Proto = onnx::TensorProto;
  std::vector<int> weights(108), matrix(36 * 4);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<int>(i * 37 % 200) - 100;
  for (size_t i = 0; i < matrix.size(); ++i) matrix[i] = static_cast<int>(i * 53 % 240) - 120;
  import::ModelBuilder model(17);
  model.input("x", {"1", "3", "3", "3"});
  model.floats("xs", {}, {0.01F});
  model.floats("ws", {4}, {0.01F, 0.02F, 0.005F, 0.03F});
  model.floats("cs", {}, {0.05F});
  model.floats("ms", {}, {0.004F});
  model.floats("ys", {}, {0.2F});
  integers(model, "xz", Proto::UINT8, {}, {117});
  integers(model, "cz", Proto::INT8, {}, {-20});
  integers(model, "w", Proto::INT8, {4, 3, 3, 3}, weights);
  integers(model, "wz", Proto::INT8, {}, {0});
  integers(model, "b", Proto::INT32, {4}, {4000, -70, 9, 100'000});
  integers(model, "m", Proto::INT8, {36, 4}, matrix);
  model.node("QuantizeLinear", {"x", "xs", "xz"}, {"q"})
      .node("QLinearConv", {"q", "xs", "xz", "w", "ws", "wz", "cs", "cz", "b"}, {"c"})
      .attr("pads", std::vector<int64_t>{1, 1, 1, 1})
      .node("Flatten", {"c"}, {"f"})
      .node("QLinearMatMul", {"f", "cs", "cz", "m", "ms", "wz", "ys", "cz"}, {"p"})
      .node("DequantizeLinear", {"p", "ys", "cz"}, {"y"})
      .output("y");
  const Graph written_out = model.import();
  const Graph integer = adopt_qdq(written_out);
  EXPECT_THAT(ops_of(integer),
              testing::ElementsAre("quantize", "qconv", "flatten", "qgemm", "dequantize"));
  const auto biases = integer.constant(integer.nodes[1].input(2))->as<int32_t>();
  EXPECT_THAT(std::vector<int32_t>(biases.begin(), biases.end()),
              testing::ElementsAre(4000, -70, 9, 100'000));
  EXPECT_LE(difference(written_out, integer, 0.2), 1.001);
}

// Each of them rounds, so neither can go.
TEST(AdoptQdq, PairsOfOtherStepsOneAfterTheOtherAreKept) {
  Pairs p;
  ValueId v = p.pair(p.graph.add_input("x", {DType::kFloat32, {1, 3, 4, 4}}), 0.01, 0);
  v = p.pair(v, 0.05, 10);
  p.graph.outputs = {p.pair(p.add("conv", {v, p.weights({2, 3, 3, 3}, {0.01F})}, kWindow), 0.1, 1)};
  const Graph integer = adopt_qdq(p.graph);
  EXPECT_THAT(ops_of(integer), testing::ElementsAre("quantize", "qrescale", "qconv", "dequantize"));
  // Requantising rounds twice, which shows where steps are few.
  EXPECT_LE(difference(p.graph, integer, 0.1), 2.001);
}

TEST(AdoptQdq, NetworkWithoutPairsIsLeftAlone) {
  Pairs p;
  const ValueId x = p.graph.add_input("x", {DType::kFloat32, {1, 3}});
  p.graph.outputs = {p.add("relu", {x})};
  EXPECT_EQ(graph::print(adopt_qdq(p.graph)).text, graph::print(p.graph).text);
}

}  // namespace
}  // namespace vta::quantize
