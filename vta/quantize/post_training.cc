#include "vta/quantize/post_training.h"

#include <algorithm>

#include "vta/quantize/adaptive_rounding.h"
#include "vta/quantize/bias_correction.h"
#include "vta/quantize/equalize.h"
#include "vta/quantize/range_rules.h"

namespace vta::quantize {

namespace {

constexpr size_t kMeasured = 64;  // samples on which the error is measured

// Weights of a node in so many bits; adaptive where statistics are given and bits are few.
IntegerWeights integer_weights(const WeightedLayer& layer, int bits,
                               const StatisticsByNode& statistics, const std::string& node) {
  const auto seen = statistics.find(node);
  return bits < 8 && seen != statistics.end() ? round_adaptively(layer, bits, seen->second)
                                              : round_to_nearest(layer.rows, bits);
}

}  // namespace

// One network to begin with, and all that was observed of it.
struct PostTrainer::Start {
  graph::Graph graph;
  std::vector<Histogram> histograms;
  StatisticsByNode statistics;
  std::map<std::pair<std::string, int>, IntegerWeights> weights;  // by node and bits, once made

  Start(graph::Graph network, const std::vector<graph::NamedTensors>& samples)
      : graph(std::move(network)),
        histograms(quantize::histograms(graph, samples, calibrate(graph, samples))),
        statistics(patch_statistics(graph, samples)) {}

  WeightsByNode weights_by(const PostTrainingOptions& options) {
    WeightsByNode result;
    for (const graph::Node& node : graph.nodes) {
      const auto layer = weighted_layer(graph, node);
      if (!layer) continue;
      const auto given = options.bits_by_node.find(node.name);
      const int bits = given == options.bits_by_node.end() ? options.weight_bits : given->second;
      const auto key = std::pair(node.name, bits);
      if (!weights.contains(key)) {
        weights.emplace(key, integer_weights(*layer, bits, statistics, node.name));
      }
      result.emplace(node.name, weights.at(key));
    }
    return result;
  }
};

std::string to_string(const Way& way) {
  return fmt::format("{}{}, biases {}", way.equalised ? "equalised, " : "",
                     kRangeRules.at(way.range_rule).name,
                     way.biases_corrected ? "corrected" : "as they are");
}

std::vector<Way> all_ways() {
  std::vector<Way> ways;
  for (const bool equalised : {false, true}) {
    for (size_t rule = 0; rule < kRangeRules.size(); ++rule) {
      for (const bool corrected : {false, true}) ways.push_back({equalised, rule, corrected});
    }
  }
  return ways;
}

PostTrainer::PostTrainer(const graph::Graph& graph, const std::vector<graph::NamedTensors>& samples)
    : graph_(graph) {
  starts_.push_back(std::make_unique<Start>(graph, samples));
  starts_.push_back(std::make_unique<Start>(equalize(graph), samples));
  const size_t count = std::min(samples.size(), kMeasured);
  for (size_t i = 0; i < count; ++i) {
    measured_.push_back(&samples[i * samples.size() / count]);
    expected_.push_back(graph::run(graph, *measured_.back()));
  }
}

PostTrainer::~PostTrainer() = default;

graph::Graph PostTrainer::quantized(const Way& way, const PostTrainingOptions& options) {
  Start& from = start(way.equalised);
  const WeightsByNode weights = from.weights_by(options);
  const graph::Graph source =
      way.biases_corrected ? correct_biases(from.graph, weights, from.statistics) : from.graph;
  std::vector<Range> ranges = ranges_by(kRangeRules.at(way.range_rule), from.histograms);
  ranges.resize(source.values.size());
  return quantize(source, ranges, {.weight_bits = options.weight_bits, .weights = weights});
}

double PostTrainer::error(const graph::Graph& integer) const {
  double wrong = 0, whole = 0;
  for (size_t i = 0; i < measured_.size(); ++i) {
    const graph::NamedTensors outputs = graph::run(integer, *measured_[i]);
    for (const auto& [name, tensor] : expected_[i]) {
      const Tensor expected = tensor.cast(DType::kFloat32);
      const Tensor actual = outputs.at(name).cast(DType::kFloat32);
      for (size_t e = 0; e < expected.as<float>().size(); ++e) {
        const double a = expected.as<float>()[e], b = actual.as<float>()[e];
        wrong += (a - b) * (a - b);
        whole += a * a;
      }
    }
  }
  return whole == 0 ? wrong : wrong / whole;
}

std::vector<std::string> PostTrainer::weighted_nodes() const {
  std::vector<std::string> names;
  for (const graph::Node& node : graph_.nodes) {
    if (weighted_layer(graph_, node)) names.push_back(node.name);
  }
  return names;
}

PostTraining quantize_best(PostTrainer& trainer, const PostTrainingOptions& options) {
  PostTraining result;
  for (const Way& way : all_ways()) {
    graph::Graph integer = trainer.quantized(way, options);
    result.trials.push_back({way, trainer.error(integer)});
    const size_t latest = result.trials.size() - 1;
    if (latest > 0 && result.trials[latest].error >= result.trials[result.chosen].error) continue;
    result.chosen = latest;
    result.integer = std::move(integer);
  }
  return result;
}

graph::Graph quantize_directly(const graph::Graph& graph,
                               const std::vector<graph::NamedTensors>& samples, int weight_bits) {
  std::vector<Range> ranges = calibrate(graph, samples);
  if (weight_bits >= 8) return quantize(graph, ranges, {.weight_bits = weight_bits});
  const StatisticsByNode statistics = patch_statistics(graph, samples);
  WeightsByNode weights;
  for (const graph::Node& node : graph.nodes) {
    if (const auto layer = weighted_layer(graph, node)) {
      weights.emplace(node.name, integer_weights(*layer, weight_bits, statistics, node.name));
    }
  }
  const graph::Graph corrected = correct_biases(graph, weights, statistics);
  ranges.resize(corrected.values.size());
  return quantize(corrected, ranges, {.weight_bits = weight_bits, .weights = weights});
}

}  // namespace vta::quantize
