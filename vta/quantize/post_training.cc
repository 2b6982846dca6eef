#include "vta/quantize/post_training.h"

#include <algorithm>

#include "vta/quantize/adaptive_rounding.h"
#include "vta/quantize/bias_correction.h"
#include "vta/quantize/equalize.h"
#include "vta/quantize/range_rules.h"

namespace vta::quantize {

namespace {

constexpr size_t kMeasured = 64;  // samples on which the error is measured

// What the float network says, to compare with.
class Measure {
 public:
  Measure(const graph::Graph& graph, const std::vector<graph::NamedTensors>& samples) {
    for (size_t i = 0; i < std::min(samples.size(), kMeasured); ++i) {
      samples_.push_back(&samples[i * samples.size() / std::min(samples.size(), kMeasured)]);
      expected_.push_back(graph::run(graph, *samples_.back()));
    }
  }

  double error(const graph::Graph& integer) const {
    double wrong = 0, whole = 0;
    for (size_t i = 0; i < samples_.size(); ++i) {
      const graph::NamedTensors outputs = graph::run(integer, *samples_[i]);
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

 private:
  std::vector<const graph::NamedTensors*> samples_;
  std::vector<graph::NamedTensors> expected_;
};

WeightsByNode integer_weights(const graph::Graph& graph, const StatisticsByNode& statistics,
                              const PostTrainingOptions& options) {
  WeightsByNode weights;
  for (const graph::Node& node : graph.nodes) {
    const auto layer = weighted_layer(graph, node);
    if (!layer) continue;
    const auto given = options.bits_by_node.find(node.name);
    const int bits = given == options.bits_by_node.end() ? options.weight_bits : given->second;
    const auto seen = statistics.find(node.name);
    weights[node.name] = bits < 8 && seen != statistics.end()
                             ? round_adaptively(*layer, bits, seen->second)
                             : round_to_nearest(layer->rows, bits);
  }
  return weights;
}

// One network to start from, with all that was observed of it.
struct Start {
  std::string name;
  graph::Graph graph;
  std::vector<Histogram> histograms;
  StatisticsByNode statistics;
  WeightsByNode weights;
  graph::Graph corrected;
};

Start observe(std::string name, graph::Graph graph, const std::vector<graph::NamedTensors>& samples,
              const PostTrainingOptions& options) {
  Start start;
  start.name = std::move(name);
  start.graph = std::move(graph);
  start.histograms = histograms(start.graph, samples, calibrate(start.graph, samples));
  start.statistics = patch_statistics(start.graph, samples);
  start.weights = integer_weights(start.graph, start.statistics, options);
  start.corrected = correct_biases(start.graph, start.weights, start.statistics);
  return start;
}

}  // namespace

PostTraining quantize_post_training(const graph::Graph& graph,
                                    const std::vector<graph::NamedTensors>& samples,
                                    const PostTrainingOptions& options) {
  const Measure measure(graph, samples);
  PostTraining result;
  const auto consider = [&](const Start& start, const RangeRule& rule, bool correct) {
    const graph::Graph& source = correct ? start.corrected : start.graph;
    std::vector<Range> ranges = ranges_by(rule, start.histograms);
    ranges.resize(source.values.size());
    graph::Graph integer =
        quantize(source, ranges, {.weight_bits = options.weight_bits, .weights = start.weights});
    result.trials.push_back({fmt::format("{}{}, biases {}", start.name, rule.name,
                                         correct ? "corrected" : "as they are"),
                             measure.error(integer)});
    if (result.trials.size() > 1 &&
        result.trials.back().error >= result.trials[result.chosen].error) {
      return;
    }
    result.chosen = result.trials.size() - 1;
    result.integer = std::move(integer);
  };
  for (const bool equalised : {false, true}) {
    const Start start = observe(equalised ? "equalised, " : "", equalised ? equalize(graph) : graph,
                                samples, options);
    for (const RangeRule& rule : kRangeRules) {
      for (const bool correct : {false, true}) consider(start, rule, correct);
    }
  }
  return result;
}

graph::Graph quantize_directly(const graph::Graph& graph,
                               const std::vector<graph::NamedTensors>& samples, int weight_bits) {
  std::vector<Range> ranges = calibrate(graph, samples);
  if (weight_bits >= 8) return quantize(graph, ranges, {.weight_bits = weight_bits});
  const StatisticsByNode statistics = patch_statistics(graph, samples);
  const WeightsByNode weights = integer_weights(graph, statistics, {.weight_bits = weight_bits});
  const graph::Graph corrected = correct_biases(graph, weights, statistics);
  ranges.resize(corrected.values.size());
  return quantize(corrected, ranges, {.weight_bits = weight_bits, .weights = weights});
}

}  // namespace vta::quantize
