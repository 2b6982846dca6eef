#include "vta/quantize/quantize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "vta/base/tensor_testing.h"
#include "vta/graph/passes.h"

namespace vta::quantize {
namespace {

using graph::Graph;
using graph::NamedTensors;
using graph::ValueId;

Tensor random_tensor(Shape shape, float low, float high, std::mt19937& random) {
  Tensor result(DType::kFloat32, std::move(shape));
  std::uniform_real_distribution<float> uniform(low, high);
  for (float& value : result.as<float>()) value = uniform(random);
  return result;
}

std::map<std::string, graph::Attribute> same_3x3() {
  return {{"strides", std::vector<int64_t>{1, 1}},
          {"pads", std::vector<int64_t>{1, 1, 1, 1}},
          {"dilations", std::vector<int64_t>{1, 1}},
          {"group", int64_t{1}}};
}

// conv, relu, conv, residual add, relu, max pool, global average pool, dense, softmax.
Graph residual_network(std::mt19937& random) {
  Graph graph;
  const auto constant = [&](const std::string& name, Shape shape) {
    return graph.add_constant(name, random_tensor(std::move(shape), -0.3F, 0.3F, random));
  };
  const auto node = [&](const std::string& op, const std::string& name, std::vector<ValueId> inputs,
                        std::map<std::string, graph::Attribute> attributes = {}) {
    return graph.add_node(op, name, std::move(inputs), std::move(attributes))[0];
  };
  const ValueId x = graph.add_input("x", {DType::kFloat32, {1, 3, 8, 8}});
  const ValueId a = node(
      "relu", "relu0",
      {node("conv", "conv0", {x, constant("w0", {8, 3, 3, 3}), constant("b0", {8})}, same_3x3())});
  const ValueId b =
      node("conv", "conv1", {a, constant("w1", {8, 8, 3, 3}), constant("b1", {8})}, same_3x3());
  const ValueId c = node("relu", "relu1", {node("add", "add", {a, b})});
  const ValueId d = node("max_pool", "max", {c},
                         {{"kernel_shape", std::vector<int64_t>{2, 2}},
                          {"strides", std::vector<int64_t>{2, 2}},
                          {"pads", std::vector<int64_t>{0, 0, 0, 0}}});
  const ValueId e =
      node("flatten", "flat", {node("global_average_pool", "gap", {d})}, {{"axis", int64_t{1}}});
  const ValueId f = node("gemm", "fc", {e, constant("w2", {5, 8}), constant("b2", {5})},
                         {{"transB", int64_t{1}}});
  graph.outputs = {node("softmax", "probabilities", {f}, {{"axis", int64_t{1}}})};
  return graph;
}

TEST(Quantize, ResidualNetworkKeepsItsAnswer) {
  std::mt19937 random(5);
  const Graph network = residual_network(random);
  std::vector<NamedTensors> samples;
  for (int i = 0; i < 8; ++i)
    samples.push_back({{"x", random_tensor({1, 3, 8, 8}, -1, 1, random)}});
  const Graph integer = quantize(network, calibrate(network, samples));
  graph::verify(integer);
  for (const NamedTensors& sample : samples) {
    EXPECT_GT(cosine(graph::run(network, sample).at("probabilities"),
                     graph::run(integer, sample).at("probabilities")),
              0.999);
  }
}

TEST(Quantize, OnlyTheEndsStayInFloatingPoint) {
  std::mt19937 random(5);
  const Graph network = residual_network(random);
  const Graph integer =
      quantize(network, calibrate(network, {{{"x", random_tensor({1, 3, 8, 8}, -1, 1, random)}}}));
  std::vector<std::string> ops;
  for (const graph::Node& node : integer.nodes) ops.push_back(node.op);
  EXPECT_THAT(ops, testing::ElementsAre("quantize", "qconv", "qconv", "qadd", "qmax_pool",
                                        "qglobal_average_pool", "flatten", "qgemm", "dequantize",
                                        "softmax"));
  // The Relu behind the first convolution is its clip.
  EXPECT_EQ(integer.nodes[1].int_attr("clip_min"), integer.nodes[1].int_attr("zero_point"));
  EXPECT_EQ(integer.nodes[2].int_attr("clip_min"), -128);
}

// Groups, a bias, and a Relu that becomes the clip; each output channel's weights have a size of
// their own, which one scale for all would round away.
TEST(Quantize, TransposedConvolutionByOutputChannel) {
  std::mt19937 random(8);
  Tensor weights = random_tensor({6, 4, 3, 3}, -1, 1, random);
  for (int64_t i = 0; i < weights.size(); ++i) {
    weights.as<float>()[i] *= std::pow(10.0F, static_cast<float>(i / 9 % 4));
  }
  Graph network;
  const ValueId x = network.add_input("x", {DType::kFloat32, {1, 6, 5, 5}});
  const ValueId w = network.add_constant("w", weights);
  const ValueId b = network.add_constant("b", random_tensor({8}, -1, 1, random));
  const ValueId y = network.add_node("conv_transpose", "up", {x, w, b},
                                     {{"strides", std::vector<int64_t>{2, 2}},
                                      {"pads", std::vector<int64_t>{1, 1, 1, 1}},
                                      {"output_padding", std::vector<int64_t>{1, 1}},
                                      {"group", int64_t{2}}})[0];
  network.outputs = network.add_node("relu", "relu", {y});
  const NamedTensors sample = {{"x", random_tensor({1, 6, 5, 5}, -1, 1, random)}};
  const Graph integer = quantize(network, calibrate(network, {sample}));
  graph::verify(integer);
  ASSERT_EQ(integer.nodes[1].op, "qconv_transpose");
  EXPECT_EQ(integer.nodes[1].int_attr("clip_min"), integer.nodes[1].int_attr("zero_point"));
  EXPECT_GT(cosine(graph::run(network, sample).at(network.value(network.outputs[0]).name),
                   graph::run(integer, sample).at(network.value(network.outputs[0]).name)),
            0.9999);
  // The largest weight of each output channel is 127.
  const Tensor& q = *integer.constant(integer.nodes[1].input(1));
  ASSERT_EQ(q.shape(), weights.shape());
  for (int64_t channel = 0; channel < 8; ++channel) {
    int largest = 0;
    for (int64_t i = 0; i < 27; ++i) {
      const int64_t row = channel / 4 * 3 + i / 9;
      largest =
          std::max(largest, std::abs(int{q.as<int8_t>()[(row * 4 + channel % 4) * 9 + i % 9]}));
    }
    EXPECT_EQ(largest, 127) << "channel " << channel;
  }
}

// Two parts of different ranges, one of them resized.
TEST(Quantize, PartsOfAConcatenationAreBroughtToItsScale) {
  std::mt19937 random(7);
  Graph network;
  const auto constant = [&](const std::string& name, Shape shape, float limit) {
    return network.add_constant(name, random_tensor(std::move(shape), -limit, limit, random));
  };
  const ValueId x = network.add_input("x", {DType::kFloat32, {1, 3, 6, 6}});
  const ValueId small =
      network.add_node("conv", "small", {x, constant("w0", {4, 3, 3, 3}, 0.1F)}, same_3x3())[0];
  const ValueId large =
      network.add_node("conv", "large", {x, constant("w1", {5, 3, 3, 3}, 0.4F)}, same_3x3())[0];
  std::vector<ValueId> resized;
  const ValueId scales =
      network.add_constant("scales", Tensor::of<float>({4}, std::vector<float>{1, 1, 2, 2}));
  for (const ValueId part : {small, large}) {
    resized.push_back(network.add_node("resize", network.value(part).name + ".twice",
                                       {part, graph::kNoValue, scales},
                                       {{"mode", std::string("nearest")}})[0]);
  }
  network.outputs = network.add_node("concat", "whole", resized, {{"axis", int64_t{1}}});
  const NamedTensors sample = {{"x", random_tensor({1, 3, 6, 6}, -1, 1, random)}};
  const Graph integer = quantize(network, calibrate(network, {sample}));
  std::vector<std::string> ops;
  for (const graph::Node& node : integer.nodes) ops.push_back(node.op);
  // `large` may have the scale of the whole already.
  EXPECT_THAT(ops, testing::Contains("concat").Times(1));
  EXPECT_THAT(ops, testing::Contains("qrescale").Times(testing::Ge(1)));
  EXPECT_THAT(ops, testing::Contains("dequantize").Times(1));
  const std::string output = network.value(network.outputs[0]).name;
  EXPECT_GT(cosine(graph::run(network, sample).at(output), graph::run(integer, sample).at(output)),
            0.999);
}

TEST(Quantize, ActivationsUseAllStepsOfTheirRange) {
  std::mt19937 random(5);
  const Graph network = residual_network(random);
  const Graph integer =
      quantize(network, calibrate(network, {{{"x", random_tensor({1, 3, 8, 8}, -1, 1, random)}}}));
  // After a Relu the whole range of int8 serves the values from 0 on.
  EXPECT_EQ(integer.nodes[1].op, "qconv");
  EXPECT_EQ(integer.nodes[1].int_attr("zero_point"), -128);
  EXPECT_EQ(integer.nodes[2].int_attr("x_zero_point"), -128);
}

TEST(Quantize, FourBitWeightsStayInTheirRange) {
  std::mt19937 random(6);
  const Graph network = residual_network(random);
  const Graph integer =
      quantize(network, calibrate(network, {{{"x", random_tensor({1, 3, 8, 8}, -1, 1, random)}}}),
               {.weight_bits = 4});
  for (const int8_t w : integer.constant(integer.nodes[1].input(1))->as<int8_t>()) {
    EXPECT_LE(std::abs(w), 7);
  }
}

TEST(Calibrate, RefusesNoSamplesAndValuesThatAreNotNumbers) {
  std::mt19937 random(7);
  const Graph network = residual_network(random);
  EXPECT_THROW(calibrate(network, {}), Error);
  Tensor bad(DType::kFloat32, {1, 3, 8, 8});
  bad.as<float>()[0] = NAN;
  try {
    calibrate(network, {{{"x", bad}}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "calibration: value 'x' holds nan");
  }
}

}  // namespace
}  // namespace vta::quantize
