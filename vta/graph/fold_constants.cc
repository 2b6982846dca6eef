// Runs each node whose inputs are all constants, in order, with the reference kernels; its outputs
// become constants under their own names.
//
// A node that would make a constant of more than 16 Mi elements stays, and so do all once the
// results add up to four times the graph's constants and 16 Mi elements more: folding what a
// network stores needs no more than that, and a few bytes of an `expand` or `tile` must not fill
// the memory or the compiled module.
#include <algorithm>

#include "vta/graph/interpreter.h"
#include "vta/graph/passes.h"

namespace vta::graph {
namespace {

constexpr int64_t kLargestResult = int64_t{16} << 20;

int64_t constant_elements(const Graph& graph) {
  int64_t count = 0;
  for (const Value& value : graph.values) {
    if (value.constant != nullptr) count += value.constant->size();
  }
  return count;
}

int64_t output_elements(const Graph& graph, const Node& node) {
  int64_t count = 0;
  for (const ValueId id : node.outputs) count += element_count(graph.value(id).type.shape);
  return count;
}

bool is_foldable(const Graph& graph, const Node& node) {
  return !node.inputs.empty() && std::ranges::all_of(node.inputs, [&](ValueId id) {
    return id == kNoValue || graph.constant(id) != nullptr;
  });
}

void fold(Graph& graph, const Node& node) {
  std::vector<const Tensor*> inputs;
  for (const ValueId id : node.inputs) inputs.push_back(graph.constant(id));
  std::vector<Tensor> results = run_node(graph, node, inputs);
  for (size_t i = 0; i < results.size(); ++i) {
    graph.value(node.outputs[i]).constant = std::make_shared<const Tensor>(std::move(results[i]));
  }
}

}  // namespace

Graph fold_constants(const Graph& graph) {
  Graph result = graph;
  int64_t budget = 4 * constant_elements(graph) + kLargestResult;
  std::erase_if(result.nodes, [&](const Node& node) {
    if (!is_foldable(result, node)) return false;
    const int64_t size = output_elements(result, node);
    if (size > std::min(budget, kLargestResult)) return false;
    fold(result, node);
    budget -= size;
    return true;
  });
  verify(result);
  return result;
}

}  // namespace vta::graph
