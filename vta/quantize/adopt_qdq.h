// A network that arrives quantised as pairs of quantize and dequantize keeps its scales, its zero
// points and its integer weights.
#pragma once

#include "vta/graph/graph.h"

namespace vta::quantize {

// `graph` as it is imported, before constants are folded. Where layers stand between dequantize and
// quantize they become integer operators, whose outputs differ from the pairs' floating-point
// meaning by the rounding of one requantisation. What has no pair at its inputs or its output stays
// in floating point, and so does a graph without pairs as a whole.
graph::Graph adopt_qdq(const graph::Graph& graph);

}  // namespace vta::quantize
