// Rewrites of the graph that keep its meaning. Each returns a new verified graph; each is one file.
#pragma once

#include "vta/graph/graph.h"

namespace vta::graph {

Graph fold_constants(const Graph& graph);       // nodes whose inputs are all constants
Graph fold_bias(const Graph& graph);            // adds of constants into the product before
Graph fold_batch_norm(const Graph& graph);      // into the convolution (or gemm) before it
Graph eliminate_dead_code(const Graph& graph);  // unused nodes, values and identities

// All of the above in order, as every consumer wants them.
Graph simplify(const Graph& graph);

}  // namespace vta::graph
