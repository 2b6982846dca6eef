// The layers whose weights are quantised: convolutions and dense layers with constant weights.
#pragma once

#include <optional>

#include "vta/graph/graph.h"

namespace vta::quantize {

// Row o of the weights, which makes output channel o, meets the `depth` values of a patch of the
// input: those of the channels of o's group under the window, or a row of a matrix.
struct WeightedLayer {
  Tensor rows;  // f32, its first dimension the output channels
  int64_t groups = 1;

  int64_t channels() const { return rows.shape()[0]; }
  int64_t depth() const { return channels() == 0 ? 0 : rows.size() / channels(); }
};

// Nothing for another node, and for a form that vta::quantize::quantize leaves in floating point.
std::optional<WeightedLayer> weighted_layer(const graph::Graph& graph, const graph::Node& node);

// The bias of such a node, one value for each channel, zeros where it has none; nothing where it is
// not constant or has another form.
std::optional<Tensor> bias_of(const graph::Graph& graph, const graph::Node& node, int64_t channels);

}  // namespace vta::quantize
