// Takes back what integer weights add to the mean of a layer's outputs, after Nagel et al.,
// "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019).
#pragma once

#include "vta/quantize/integer_weights.h"
#include "vta/quantize/patch_statistics.h"

namespace vta::quantize {

// `graph` with new biases of the nodes that `weights` names: each channel's grows by the error of
// its weights times the mean of what they meet. Values keep their ids; constants may be added.
graph::Graph correct_biases(const graph::Graph& graph, const WeightsByNode& weights,
                            const StatisticsByNode& statistics);

}  // namespace vta::quantize
