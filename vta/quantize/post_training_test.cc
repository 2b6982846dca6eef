// What each idea of the quantiser promises, on networks of a layer or two, and that all of them
// together beat rounding to the nearest.
#include "vta/quantize/post_training.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "vta/quantize/adaptive_rounding.h"
#include "vta/quantize/bias_correction.h"
#include "vta/quantize/equalize.h"
#include "vta/quantize/mixed.h"
#include "vta/quantize/range_rules.h"

namespace vta::quantize {
namespace {

using graph::Graph;
using graph::NamedTensors;
using graph::ValueId;

Tensor random_tensor(const Shape& shape, float low, float high, std::mt19937& random) {
  Tensor tensor(DType::kFloat32, shape);
  std::uniform_real_distribution<float> uniform(low, high);
  for (float& value : tensor.as<float>()) value = uniform(random);
  return tensor;
}

// conv 3 -> 8, relu, depthwise conv, relu, conv 8 -> 6 of stride 2, flatten, gemm to 5. Channels of
// the first weights differ in size.
Graph network(std::mt19937& random) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kFloat32, {1, 3, 8, 8}});
  const auto window = [](int64_t stride, int64_t group) {
    return std::map<std::string, graph::Attribute>{
        {"pads", std::vector<int64_t>{1, 1, 1, 1}},
        {"strides", std::vector<int64_t>{stride, stride}},
        {"group", group}};
  };
  const auto constant = [&](const std::string& name, const Shape& shape) {
    return graph.add_constant(name, random_tensor(shape, -0.5F, 0.6F, random));
  };
  Tensor first = random_tensor({8, 3, 3, 3}, -1, 1, random);
  for (size_t i = 0; i < first.as<float>().size(); ++i) {
    first.as<float>()[i] *= std::pow(3.0F, static_cast<float>(i / 27) - 4);
  }
  ValueId v = graph.add_node(
      "conv", "c1", {x, graph.add_constant("w1", first), constant("b1", {8})}, window(1, 1))[0];
  v = graph.add_node("relu", "r1", {v})[0];
  v = graph.add_node("conv", "c2", {v, constant("w2", {8, 1, 3, 3})}, window(1, 8))[0];
  v = graph.add_node("relu", "r2", {v})[0];
  v = graph.add_node("conv", "c3", {v, constant("w3", {6, 8, 3, 3})}, window(2, 1))[0];
  v = graph.add_node("flatten", "f", {v}, {{"axis", int64_t{1}}})[0];
  v = graph.add_node("gemm", "fc", {v, constant("w4", {96, 5}), constant("b4", {5})})[0];
  graph.outputs = {v};
  return graph;
}

std::vector<NamedTensors> samples(int count, std::mt19937& random) {
  std::vector<NamedTensors> result;
  for (int i = 0; i < count; ++i) {
    result.push_back({{"x", random_tensor({1, 3, 8, 8}, -0.3F, 1, random)}});
  }
  return result;
}

// Mean and mean square of what the weights' errors make of the node's outputs.
struct OutputError {
  double mean = 0, square = 0;
};
OutputError output_error(const Graph& original, const Graph& changed, const std::string& node,
                         const std::vector<NamedTensors>& inputs) {
  const auto value_of = [&](const Graph& graph) {
    for (const graph::Node& n : graph.nodes) {
      if (n.name == node) return n.outputs[0];
    }
    return graph::kNoValue;
  };
  OutputError error;
  int64_t count = 0;
  for (const NamedTensors& input : inputs) {
    Tensor a, b;
    graph::run(original, input, [&](ValueId id, const Tensor& tensor) {
      if (id == value_of(original)) a = tensor;
    });
    graph::run(changed, input, [&](ValueId id, const Tensor& tensor) {
      if (id == value_of(changed)) b = tensor;
    });
    for (size_t i = 0; i < a.as<float>().size(); ++i, ++count) {
      const double difference = b.as<float>()[i] - a.as<float>()[i];
      error.mean += difference;
      error.square += difference * difference;
    }
  }
  return {error.mean / static_cast<double>(count), error.square / static_cast<double>(count)};
}

// The network with the first layer's weights as integers say.
Graph with_weights(Graph graph, const IntegerWeights& weights) {
  Tensor values = *graph.constant(graph.nodes[0].input(1));
  const size_t depth = values.as<float>().size() / weights.scales.size();
  for (size_t i = 0; i < values.as<float>().size(); ++i) {
    values.as<float>()[i] =
        static_cast<float>(weights.scales[i / depth] * weights.values.as<int8_t>()[i]);
  }
  graph.nodes[0].inputs[1] = graph.add_constant("changed", values);
  return graph;
}

TEST(AdaptiveRounding, ChangesOutputsLessThanTheNearestSteps) {
  std::mt19937 random(1);
  const Graph graph = network(random);
  const auto inputs = samples(64, random);
  const auto statistics = patch_statistics(graph, inputs);
  const auto layer = *weighted_layer(graph, graph.nodes[0]);
  const IntegerWeights adaptive = round_adaptively(layer, 4, statistics.at("c1"));
  for (const int8_t step : adaptive.values.as<int8_t>()) EXPECT_LE(std::abs(step), 7);
  const auto error = [&](const IntegerWeights& weights) {
    const Graph corrected = correct_biases(graph, {{"c1", weights}}, statistics);
    return output_error(graph, with_weights(corrected, weights), "c1", inputs).square;
  };
  EXPECT_LT(error(adaptive), 0.8 * error(round_to_nearest(layer.rows, 4)));
}

TEST(BiasCorrection, TakesTheMeanErrorAway) {
  std::mt19937 random(2);
  const Graph graph = network(random);
  const auto inputs = samples(64, random);
  const auto layer = *weighted_layer(graph, graph.nodes[0]);
  const IntegerWeights weights = round_to_nearest(layer.rows, 3);
  const Graph corrected = correct_biases(graph, {{"c1", weights}}, patch_statistics(graph, inputs));
  const double before = output_error(graph, with_weights(graph, weights), "c1", inputs).mean;
  const double after = output_error(graph, with_weights(corrected, weights), "c1", inputs).mean;
  EXPECT_GT(std::fabs(before), 1e-2);
  EXPECT_LT(std::fabs(after), 0.01 * std::fabs(before));
}

TEST(Equalize, KeepsTheNetworkAndBringsRangesTogether) {
  std::mt19937 random(3);
  const Graph graph = network(random);
  const Graph equal = equalize(graph);
  graph::verify(equal);
  for (const NamedTensors& input : samples(4, random)) {
    const Tensor a = graph::run(graph, input).begin()->second;
    const Tensor b = graph::run(equal, input).begin()->second;
    for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(a.as<float>()[i], b.as<float>()[i], 1e-4);
  }
  const auto largest_of_channels = [](const Graph& g) {
    std::vector<float> largest(8, 0.0F);
    const auto w = g.constant(g.nodes[0].input(1))->as<float>();
    for (size_t i = 0; i < w.size(); ++i) {
      largest[i / 27] = std::max(largest[i / 27], std::fabs(w[i]));
    }
    return *std::ranges::max_element(largest) / *std::ranges::min_element(largest);
  };
  EXPECT_LT(largest_of_channels(equal), 0.1 * largest_of_channels(graph));
}

// 40,000 values of a normal distribution, and a few far out.
Histogram with_outliers() {
  std::mt19937 random(4);
  std::normal_distribution<double> normal(0.0, 1.0);
  Histogram histogram{.range = {-10, 100}, .counts = std::vector<uint64_t>(Histogram::kBins)};
  const auto add = [&](double value) {
    ++histogram.counts[static_cast<size_t>((value + 10) / histogram.width())];
  };
  for (int i = 0; i < 400'000; ++i) add(normal(random));
  add(99.99);
  return histogram;
}

TEST(RangeRules, KeepToWhatWasSeenAndToZero) {
  const Histogram histogram = with_outliers();
  for (const RangeRule& rule : kRangeRules) {
    const Range range = rule.range(histogram);
    EXPECT_GE(range.min, -10) << rule.name;
    EXPECT_LE(range.min, 0) << rule.name;
    EXPECT_LE(range.max, 100) << rule.name;
    EXPECT_GE(range.max, 0) << rule.name;
  }
  EXPECT_EQ(min_max_range(histogram).max, 100);
}

TEST(RangeRules, AllButMinMaxCutOutliersOff) {
  const Histogram histogram = with_outliers();
  EXPECT_NEAR(percentile_range(histogram).min, -3.7, 0.3);
  EXPECT_NEAR(percentile_range(histogram).max, 3.7, 0.3);
  EXPECT_LT(mse_range(histogram).max, 70);
  EXPECT_LT(entropy_range(histogram).max, 50);
  EXPECT_LT(entropy_range(histogram).min, -1);
}

TEST(PostTraining, ChoosesTheLeastErrorAndBeatsNearestSteps) {
  std::mt19937 random(5);
  const Graph graph = network(random);
  const auto inputs = samples(32, random);
  PostTrainer trainer(graph, inputs);
  const PostTraining result = quantize_best(trainer, {.weight_bits = 4});
  graph::verify(result.integer);
  ASSERT_EQ(result.trials.size(), 16U);
  for (const Trial& trial : result.trials) {
    EXPECT_LE(result.trials[result.chosen].error, trial.error) << to_string(trial.way);
  }
  const auto error = [&](const Graph& integer) {
    double sum = 0;
    for (const NamedTensors& input : inputs) {
      const Tensor a = graph::run(graph, input).begin()->second;
      const Tensor b = graph::run(integer, input).begin()->second;
      for (size_t i = 0; i < 5; ++i) sum += std::pow(a.as<float>()[i] - b.as<float>()[i], 2);
    }
    return sum;
  };
  const double nearest = error(quantize(graph, calibrate(graph, inputs), {.weight_bits = 4}));
  EXPECT_LT(error(result.integer), 0.5 * nearest);
  EXPECT_LT(error(quantize_directly(graph, inputs, 4)), 0.7 * nearest);
}

TEST(PostTraining, BitsOfSingleNodesAreTheirOwn) {
  std::mt19937 random(6);
  const Graph graph = network(random);
  const auto inputs = samples(8, random);
  PostTrainer trainer(graph, inputs);
  const PostTraining result = quantize_best(trainer, {.bits_by_node = {{"c3", 4}}});
  for (const graph::Node& node : result.integer.nodes) {
    if (node.op != "qconv" && node.op != "qgemm") continue;
    int largest = 0;
    for (const int8_t step : result.integer.constant(node.input(1))->as<int8_t>()) {
      largest = std::max(largest, std::abs(step));
    }
    EXPECT_EQ(largest <= 7, node.name == "c3") << node.name << " " << largest;
  }
}

TEST(Mixed, NarrowsWhatSavesMostForItsErrorFirst) {
  std::mt19937 random(7);
  const Graph graph = network(random);
  const auto inputs = samples(8, random);
  PostTrainer trainer(graph, inputs);
  const Way way{.equalised = false, .range_rule = 0, .biases_corrected = true};
  // Only one layer saves anything.
  const auto choices = narrow_stepwise(trainer, way, {{"c3", 100}}, 12);
  ASSERT_EQ(choices.size(), 5U);
  EXPECT_TRUE(choices[0].narrow.empty());
  EXPECT_EQ(choices[1].narrow, std::vector<std::string>{"c3"});
  EXPECT_EQ(choices[4].narrow.size(), 4U);
  EXPECT_LT(trainer.error(choices[0].integer), trainer.error(choices[4].integer));
  EXPECT_EQ(narrow_stepwise(trainer, way, {}, 2).back().narrow.size(), 4U);
}

}  // namespace
}  // namespace vta::quantize
