// Leaves only what the outputs need: takes out identities, by letting their readers read the
// identity's input; takes out nodes of which no output is used; and drops unused values,
// renumbering the others in order. The graph's inputs and the names of its outputs stay; an
// identity stays where it gives an output's name to a graph input, a constant or another output.
#include <algorithm>
#include <numeric>

#include "vta/graph/passes.h"

namespace vta::graph {
namespace {

class Rewiring {
 public:
  explicit Rewiring(const Graph& graph) : target_(graph.values.size()) {
    std::iota(target_.begin(), target_.end(), 0);
  }

  void replace(ValueId from, ValueId to) { target_[from] = to; }
  ValueId operator()(ValueId id) {
    if (id == kNoValue) return id;
    while (target_[id] != id) id = target_[id] = target_[target_[id]];
    return id;
  }

 private:
  std::vector<ValueId> target_;
};

void bypass_identities(Graph& graph) {
  std::vector<bool> is_output(graph.values.size(), false), from_node(graph.values.size(), false);
  for (const ValueId id : graph.outputs) is_output[id] = true;
  Rewiring resolve(graph);
  std::vector<Node> kept;
  for (Node& node : graph.nodes) {
    for (ValueId& id : node.inputs) id = resolve(id);
    if (node.op == "identity") {
      const ValueId from = node.inputs[0], to = node.outputs[0];
      if (!is_output[to]) {
        resolve.replace(to, from);
        continue;
      }
      if (from_node[from] && !is_output[from]) {  // its producer makes the output directly
        resolve.replace(from, to);
        from_node[to] = true;
        continue;
      }
    }
    for (const ValueId id : node.outputs) from_node[id] = true;
    kept.push_back(std::move(node));
  }
  for (Node& node : kept) {
    for (ValueId& id : node.inputs) id = resolve(id);
    for (ValueId& id : node.outputs) id = resolve(id);
  }
  graph.nodes = std::move(kept);
}

// Removes unused nodes, and returns which values remain in use.
std::vector<bool> remove_unused_nodes(Graph& graph) {
  std::vector<bool> used(graph.values.size(), false);
  for (const ValueId id : graph.inputs) used[id] = true;
  for (const ValueId id : graph.outputs) used[id] = true;
  std::vector<Node> kept;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    Node& node = graph.nodes[i];
    const bool needed = std::ranges::any_of(node.outputs, [&](ValueId id) { return used[id]; });
    if (!needed) continue;
    for (const ValueId id : node.outputs) used[id] = true;
    for (const ValueId id : node.inputs) {
      if (id != kNoValue) used[id] = true;
    }
    kept.push_back(std::move(node));
  }
  std::ranges::reverse(kept);
  graph.nodes = std::move(kept);
  return used;
}

void drop_unused_values(Graph& graph, const std::vector<bool>& used) {
  std::vector<ValueId> renumbered(graph.values.size(), kNoValue);
  std::vector<Value> kept;
  for (size_t id = 0; id < graph.values.size(); ++id) {
    if (!used[id]) continue;
    renumbered[id] = static_cast<ValueId>(kept.size());
    kept.push_back(std::move(graph.values[id]));
  }
  graph.values = std::move(kept);
  const auto renumber = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) id = id == kNoValue ? kNoValue : renumbered[id];
  };
  renumber(graph.inputs);
  renumber(graph.outputs);
  for (Node& node : graph.nodes) {
    renumber(node.inputs);
    renumber(node.outputs);
  }
}

}  // namespace

Graph eliminate_dead_code(const Graph& graph) {
  Graph result = graph;
  bypass_identities(result);
  const std::vector<bool> used = remove_unused_nodes(result);
  drop_unused_values(result, used);
  verify(result);
  return result;
}

}  // namespace vta::graph
