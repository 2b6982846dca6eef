#include "vta/quantize/equalize.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "vta/quantize/weighted_layer.h"

namespace vta::quantize {

namespace {

constexpr int kRounds = 3;
constexpr double kLargestScale = 1e3;

using graph::Graph;
using graph::Node;

// A constant of the graph that only this node reads, as a tensor to write to.
Tensor* own_constant(Graph& graph, const std::vector<std::vector<int32_t>>& consumers,
                     graph::ValueId id) {
  if (graph.constant(id) == nullptr || consumers[static_cast<size_t>(id)].size() != 1 ||
      graph.constant(id)->dtype() != DType::kFloat32) {
    return nullptr;
  }
  auto copy = std::make_shared<Tensor>(*graph.constant(id));
  Tensor* const tensor = copy.get();
  graph.value(id).constant = std::move(copy);
  return tensor;
}

// The layer that alone reads the node's output, past a Relu.
std::optional<size_t> next_layer(const Graph& graph,
                                 const std::vector<std::vector<int32_t>>& consumers,
                                 const Node& node) {
  graph::ValueId value = node.outputs[0];
  for (int hops = 0; hops < 2; ++hops) {
    const auto& readers = consumers[static_cast<size_t>(value)];
    if (readers.size() != 1 || std::ranges::count(graph.outputs, value) > 0) return std::nullopt;
    const auto index = static_cast<size_t>(readers[0]);
    const Node& reader = graph.nodes[index];
    if (reader.op == "conv" && reader.input(0) == value && weighted_layer(graph, reader)) {
      return index;
    }
    if (reader.op != "relu") return std::nullopt;
    value = reader.outputs[0];
  }
  return std::nullopt;
}

// The elements of a convolution's weights that meet input channel c, one after the other.
template <typename Visit>
void visit_input_channel(Tensor& weights, int64_t groups, int64_t c, Visit&& visit) {
  const int64_t outputs = weights.shape()[0], inputs = weights.shape()[1];
  const int64_t window = weights.shape()[2] * weights.shape()[3];
  const int64_t group = c / inputs;
  for (int64_t o = group * outputs / groups; o < (group + 1) * outputs / groups; ++o) {
    for (int64_t k = 0; k < window; ++k) {
      visit(weights.as<float>()[static_cast<size_t>((o * inputs + c % inputs) * window + k)]);
    }
  }
}

void equalize_pair(Graph& graph, const std::vector<std::vector<int32_t>>& consumers,
                   const Node& first, const Node& second) {
  const bool has_bias = first.has_input(2);
  Tensor* const before = own_constant(graph, consumers, first.input(1));
  Tensor* const bias = has_bias ? own_constant(graph, consumers, first.input(2)) : nullptr;
  Tensor* const after = own_constant(graph, consumers, second.input(1));
  if (before == nullptr || after == nullptr || (has_bias && bias == nullptr)) return;
  const int64_t channels = before->shape()[0];
  const auto depth = static_cast<size_t>(before->size() / channels);
  const int64_t groups = second.int_attr("group");
  for (int64_t c = 0; c < channels; ++c) {
    const auto row = before->as<float>().subspan(static_cast<size_t>(c) * depth, depth);
    double largest_before = 0, largest_after = 0;
    for (const float w : row) largest_before = std::max(largest_before, std::fabs(double{w}));
    visit_input_channel(*after, groups, c, [&](float& w) {
      largest_after = std::max(largest_after, std::fabs(double{w}));
    });
    if (largest_before == 0 || largest_after == 0) continue;
    const double scale =
        std::clamp(std::sqrt(largest_before / largest_after), 1 / kLargestScale, kLargestScale);
    for (float& w : row) w = static_cast<float>(w / scale);
    if (bias != nullptr) {
      float& b = bias->as<float>()[static_cast<size_t>(c)];
      b = static_cast<float>(b / scale);
    }
    visit_input_channel(*after, groups, c, [&](float& w) { w = static_cast<float>(w * scale); });
  }
}

}  // namespace

Graph equalize(const Graph& graph) {
  Graph result = graph;
  const auto consumers = graph::consumers(graph);
  for (int round = 0; round < kRounds; ++round) {
    for (const Node& node : result.nodes) {
      if (node.op != "conv" || !weighted_layer(result, node)) continue;
      if (const auto next = next_layer(result, consumers, node)) {
        equalize_pair(result, consumers, node, result.nodes[*next]);
      }
    }
  }
  return result;
}

}  // namespace vta::quantize
