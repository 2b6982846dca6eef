// Multiply-accumulates of a node as papers count them: those of convolutions, transposed
// convolutions and matrix products, padding of channels not counted.
#pragma once

#include "vta/graph/graph.h"

namespace vta::compiler {

int64_t macs(const graph::Graph& graph, const graph::Node& node);  // 0 for every other operator
int64_t macs(const graph::Graph& graph);

}  // namespace vta::compiler
