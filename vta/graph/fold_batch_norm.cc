// Folds a batch_normalization into the conv, conv_transpose or gemm before it, where nothing else
// reads that node's result and all parameters are constants. With
//   factor = scale / sqrt(variance + epsilon)
// for each output channel, weights become weights * factor and the bias (bias - mean) * factor +
// the normalisation's bias (for gemm with beta taken into it). The node keeps its name and position
// and produces the normalisation's output.
#include <cmath>

#include "vta/graph/passes.h"

namespace vta::graph {
namespace {

struct ChannelMap {  // y * factor + offset
  std::vector<double> factor, offset;
};

bool has_constant_parameters(const Graph& graph, const Node& normalization) {
  for (size_t i = 1; i < 5; ++i) {
    if (graph.constant(normalization.input(i)) == nullptr) return false;
  }
  return true;
}

ChannelMap channel_map(const Graph& graph, const Node& normalization) {
  const auto parameter = [&](size_t i) {
    return graph.constant(normalization.input(i))->as<float>();
  };
  const auto scale = parameter(1), bias = parameter(2), mean = parameter(3),
             variance = parameter(4);
  const double epsilon = normalization.float_attr("epsilon");
  ChannelMap map;
  for (size_t c = 0; c < scale.size(); ++c) {
    map.factor.push_back(scale[c] / std::sqrt(variance[c] + epsilon));
    map.offset.push_back(bias[c] - mean[c] * map.factor[c]);
  }
  return map;
}

bool is_linear(const Node& node) {
  return node.op == "conv" || node.op == "conv_transpose" || node.op == "gemm";
}

// One bias for each channel, or one for all, or none.
bool has_channel_bias(const Graph& graph, const Node& node, size_t channels) {
  if (!node.has_input(2)) return true;
  const Tensor* bias = graph.constant(node.input(2));
  if (bias == nullptr) return false;
  const size_t last = bias->shape().empty() ? 1 : static_cast<size_t>(bias->shape().back());
  return static_cast<size_t>(bias->size()) == last && (last == channels || last == 1);
}

// The output channel of each element of the weights.
std::vector<size_t> channels_of_weights(const Node& node, const Shape& shape, size_t channels) {
  std::vector<size_t> result(static_cast<size_t>(element_count(shape)));
  const auto rows = static_cast<size_t>(shape[0]);
  const size_t row = rows == 0 ? 0 : result.size() / rows;
  const auto columns = static_cast<size_t>(shape[1]);
  const size_t inner = columns == 0 ? 0 : row / columns;
  const bool by_row = node.op == "conv" || (node.op == "gemm" && node.int_attr("transB") != 0);
  // Of a transposed convolution each group has its own rows, and channels from `first` on.
  const bool grouped = node.op == "conv_transpose";
  for (size_t i = 0; i < result.size(); ++i) {
    const size_t r = i / row, column = i / inner % columns;
    const size_t first = grouped ? r / (rows * columns / channels) * columns : 0;
    result[i] = by_row ? r : first + column;
  }
  return result;
}

Tensor fold_weights(const Node& node, const Tensor& weights, const ChannelMap& map) {
  Tensor result = weights;
  const auto values = result.as<float>();
  const auto channels = channels_of_weights(node, weights.shape(), map.factor.size());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(values[i] * map.factor[channels[i]]);
  }
  return result;
}

Tensor fold_bias(const Node& node, const Tensor* bias, const ChannelMap& map) {
  const double beta = node.op == "gemm" ? node.float_attr("beta") : 1.0;
  Tensor result(DType::kFloat32, {static_cast<int64_t>(map.factor.size())});
  const auto values = result.as<float>();
  for (size_t c = 0; c < values.size(); ++c) {
    const double old = bias == nullptr ? 0.0 : bias->as<float>()[bias->size() == 1 ? 0 : c];
    values[c] = static_cast<float>(beta * old * map.factor[c] + map.offset[c]);
  }
  return result;
}

ValueId add_folded(Graph& graph, const Node& node, std::string_view what, Tensor tensor) {
  return graph.add_constant(fmt::format("{}.{}", node.name, what), std::move(tensor));
}

void fold(Graph& graph, Node& node, const Node& normalization) {
  const ChannelMap map = channel_map(graph, normalization);
  Tensor weights = fold_weights(node, *graph.constant(node.input(1)), map);
  Tensor bias = fold_bias(node, graph.constant(node.input(2)), map);
  const ValueId weights_id = add_folded(graph, node, "folded_weights", std::move(weights));
  const ValueId bias_id = add_folded(graph, node, "folded_bias", std::move(bias));
  node.inputs = {node.inputs[0], weights_id, bias_id};
  node.outputs = normalization.outputs;
  if (node.op == "gemm") node.attributes["beta"] = 1.0;
}

}  // namespace

Graph fold_batch_norm(const Graph& graph) {
  Graph result = graph;
  const std::vector<int32_t> producer = producers(graph);
  std::vector<size_t> uses(graph.values.size(), 0);
  for (const ValueId id : graph.outputs) ++uses[id];
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.inputs) {
      if (id != kNoValue) ++uses[id];
    }
  }

  std::vector<bool> folded(graph.nodes.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& normalization = graph.nodes[i];
    if (normalization.op != "batch_normalization") continue;
    const ValueId input = normalization.inputs[0];
    if (producer[input] < 0 || uses[input] != 1) continue;
    Node& node = result.nodes[producer[input]];
    const auto channels = static_cast<size_t>(graph.value(input).type.shape[1]);
    if (!is_linear(node) || graph.constant(node.input(1)) == nullptr ||
        !has_channel_bias(graph, node, channels) ||
        !has_constant_parameters(graph, normalization)) {
      continue;
    }
    fold(result, node, normalization);
    folded[i] = true;
  }
  size_t index = 0;
  std::erase_if(result.nodes, [&](const Node&) { return folded[index++]; });
  verify(result);
  return result;
}

}  // namespace vta::graph
