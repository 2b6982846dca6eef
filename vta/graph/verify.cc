// The rules that every graph keeps, checked in order of the nodes: names, ids, one producer for
// each value, definition before use, and types equal to what inference gives.
#include <set>

#include "vta/graph/graph.h"
#include "vta/graph/op.h"

namespace vta::graph {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph), defined_(graph.values.size(), false) {}

  void check() {
    check_names();
    define_inputs_and_constants();
    for (const Node& node : graph_.nodes) check_node(node);
    for (const ValueId id : graph_.outputs) check_use(id, "the graph's outputs");
  }

 private:
  void check_names() const {
    std::set<std::string_view> value_names, node_names;
    for (const Value& value : graph_.values) {
      require(!value.name.empty(), "a value has no name");
      require(value_names.insert(value.name).second, "two values have the name '{}'", value.name);
    }
    for (const Node& node : graph_.nodes) {
      require(!node.name.empty(), "a node of operator '{}' has no name", node.op);
      require(node_names.insert(node.name).second, "two nodes have the name '{}'", node.name);
    }
  }

  void define_inputs_and_constants() {
    for (const ValueId id : graph_.inputs) define(id, "the graph's inputs");
    for (size_t id = 0; id < graph_.values.size(); ++id) {
      const Value& value = graph_.values[id];
      if (value.constant == nullptr) continue;
      define(static_cast<ValueId>(id), "the constants");
      const TensorType type{value.constant->dtype(), value.constant->shape()};
      require(value.type == type, "constant '{}' has type {}, but its tensor is {}", value.name,
              to_string(value.type), to_string(type));
    }
  }

  void check_node(const Node& node) {
    const std::string where = fmt::format("{} '{}'", node.op, node.name);
    for (const ValueId id : node.inputs) {
      if (id != kNoValue) check_use(id, where);
    }
    const std::vector<TensorType> types = infer_types(graph_, node, node.outputs.size());
    for (size_t i = 0; i < types.size(); ++i) {
      define(node.outputs[i], where);
      const Value& output = graph_.value(node.outputs[i]);
      require(output.type == types[i], "{}: output '{}' has type {}, but inference gives {}", where,
              output.name, to_string(output.type), to_string(types[i]));
    }
  }

  void check_id(ValueId id, std::string_view where) const {
    require(id >= 0 && static_cast<size_t>(id) < graph_.values.size(),
            "{}: no value {}, the graph has {}", where, id, graph_.values.size());
  }

  void define(ValueId id, std::string_view where) {
    check_id(id, where);
    require(!defined_[id], "{}: value '{}' already has a producer", where, graph_.value(id).name);
    defined_[id] = true;
  }

  void check_use(ValueId id, std::string_view where) const {
    check_id(id, where);
    require(defined_[id], "{}: value '{}' is used before a node produces it", where,
            graph_.value(id).name);
  }

  const Graph& graph_;
  std::vector<bool> defined_;
};

}  // namespace

void verify(const Graph& graph) {
  try {
    Verifier(graph).check();
  } catch (const Error& error) {
    fail("graph '{}': {}", graph.name, error.what());
  }
}

}  // namespace vta::graph
