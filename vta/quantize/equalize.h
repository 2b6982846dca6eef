// Cross-layer equalisation, after Nagel et al. (2019): between two layers with nothing but a Relu
// between them, channels are scaled so that the ranges of the weights on both sides agree. The
// network computes the same.
#pragma once

#include "vta/graph/graph.h"

namespace vta::quantize {

// Values keep their ids.
graph::Graph equalize(const graph::Graph& graph);

}  // namespace vta::quantize
