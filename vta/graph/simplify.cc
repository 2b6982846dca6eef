#include "vta/graph/passes.h"

namespace vta::graph {

Graph simplify(const Graph& graph) {
  // Identities may stand between a convolution and its normalisation, so they go first.
  const Graph folded = eliminate_dead_code(fold_constants(graph));
  return eliminate_dead_code(fold_batch_norm(fold_bias(folded)));
}

}  // namespace vta::graph
