#include "vta/quantize/bias_correction.h"

#include "vta/quantize/weighted_layer.h"

namespace vta::quantize {

graph::Graph correct_biases(const graph::Graph& graph, const WeightsByNode& weights,
                            const StatisticsByNode& statistics) {
  graph::Graph result = graph;
  for (graph::Node& node : result.nodes) {
    const auto integer = weights.find(node.name);
    const auto seen = statistics.find(node.name);
    if (integer == weights.end() || seen == statistics.end()) continue;
    const auto layer = weighted_layer(graph, node);
    if (!layer) continue;
    std::optional<Tensor> bias = bias_of(graph, node, layer->channels());
    if (!bias) continue;
    const auto depth = static_cast<size_t>(layer->depth());
    const size_t of_group = static_cast<size_t>(layer->channels() / layer->groups);
    const auto rows = layer->rows.as<float>();
    const auto steps = integer->second.values.as<int8_t>();
    for (size_t c = 0; c < static_cast<size_t>(layer->channels()); ++c) {
      const std::vector<double>& mean = seen->second[c / of_group].mean;
      double shift = 0;
      for (size_t i = 0; i < depth; ++i) {
        const double weight = integer->second.scales[c] * steps[c * depth + i];
        shift += (rows[c * depth + i] - weight) * mean[i];
      }
      bias->as<float>()[c] += static_cast<float>(shift);
    }
    node.inputs.resize(3, graph::kNoValue);
    node.inputs[2] = result.add_constant(node.name + ".corrected_bias", std::move(*bias));
  }
  return result;
}

}  // namespace vta::quantize
