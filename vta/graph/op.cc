#include "vta/graph/op.h"

#include <algorithm>
#include <map>

#include "vta/graph/ops/families.h"

namespace vta::graph {
namespace {

using OpTable = std::map<std::string, const OpDef*, std::less<>>;

const OpTable& op_table() {
  static const OpTable table = [] {
    OpTable result;
    for (const auto family : kOpFamilies) {
      for (const OpDef& op : family()) result.emplace(op.name, &op);
    }
    return result;
  }();
  return table;
}

const OpDef& op_of(const Node& node) {
  const OpDef* op = find_op(node.op);
  require(op != nullptr, "node '{}': no operator is called '{}'", node.name, node.op);
  return *op;
}

Attribute empty_attribute(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kInt:
      return int64_t{0};
    case AttributeKind::kFloat:
      return 0.0;
    case AttributeKind::kString:
      return std::string();
    case AttributeKind::kInts:
      return std::vector<int64_t>();
    case AttributeKind::kFloats:
      return std::vector<double>();
  }
  return int64_t{0};
}

std::string_view kind_name(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kInt:
      return "an integer";
    case AttributeKind::kFloat:
      return "a float";
    case AttributeKind::kString:
      return "a string";
    case AttributeKind::kInts:
      return "a list of integers";
    case AttributeKind::kFloats:
      return "a list of floats";
  }
  return "";
}

bool has_kind(const Attribute& value, AttributeKind kind) {
  return value.index() == empty_attribute(kind).index();
}

void check_count(std::string_view what, size_t count, int min, int max) {
  const bool fits =
      count >= static_cast<size_t>(min) && (max < 0 || count <= static_cast<size_t>(max));
  if (fits) return;
  if (max < 0) fail("takes {} or more {}, got {}", min, what, count);
  if (min == max) fail("takes {} {}, got {}", min, what, count);
  fail("takes {} to {} {}, got {}", min, max, what, count);
}

void check_attributes(const OpDef& op, const Node& node) {
  for (const AttributeDef& def : op.attributes) {
    const auto found = node.attributes.find(def.name);
    require(found != node.attributes.end(), "attribute '{}' is missing", def.name);
    require(has_kind(found->second, def.kind), "attribute '{}' must be {}", def.name,
            kind_name(def.kind));
  }
  for (const auto& attribute : node.attributes) {
    const std::string& key = attribute.first;
    const bool known = std::ranges::any_of(
        op.attributes, [&](const AttributeDef& def) { return def.name == key; });
    require(known, "unknown attribute '{}'", key);
  }
}

std::vector<InferInput> infer_inputs(const Graph& graph, const OpDef& op, const Node& node) {
  std::vector<InferInput> result;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueId id = node.inputs[i];
    if (id == kNoValue) {
      require(i >= static_cast<size_t>(op.min_inputs), "input {} must be given", i);
      result.push_back({TensorType{}, nullptr, false});
      continue;
    }
    require(id >= 0 && static_cast<size_t>(id) < graph.values.size(),
            "input {} refers to value {}, but the graph has {}", i, id, graph.values.size());
    result.push_back({graph.value(id).type, graph.constant(id), true});
  }
  return result;
}

// Runs `body`, and puts the node's op and name in front of the error that it may throw.
template <typename Body>
auto naming_node(const Node& node, Body body) {
  try {
    return body();
  } catch (const Error& error) {
    fail("{} '{}': {}", node.op, node.name, error.what());
  }
}

}  // namespace

const OpDef* find_op(std::string_view name) {
  const auto found = op_table().find(name);
  return found == op_table().end() ? nullptr : found->second;
}

std::vector<const OpDef*> all_ops() {
  std::vector<const OpDef*> result;
  for (const auto& [name, op] : op_table()) result.push_back(op);
  return result;
}

void fill_default_attributes(const Graph& graph, Node& node) {
  const OpDef& op = op_of(node);
  for (const AttributeDef& def : op.attributes) {
    if (def.required) continue;
    node.attributes.try_emplace(def.name, has_kind(def.default_value, def.kind)
                                              ? def.default_value
                                              : empty_attribute(def.kind));
  }
  if (op.complete == nullptr) return;
  naming_node(node, [&] {
    check_count("inputs", node.inputs.size(), op.min_inputs, op.max_inputs);
    check_attributes(op, node);
    op.complete(node, infer_inputs(graph, op, node));
  });
}

std::vector<TensorType> infer_types(const Graph& graph, const Node& node, size_t output_count) {
  const OpDef& op = op_of(node);
  return naming_node(node, [&] {
    check_count("inputs", node.inputs.size(), op.min_inputs, op.max_inputs);
    check_count("outputs", output_count, op.min_outputs, op.max_outputs);
    check_attributes(op, node);
    std::vector<TensorType> types = op.infer(node, infer_inputs(graph, op, node), output_count);
    require(types.size() == output_count, "has {} outputs, not {}", types.size(), output_count);
    for (const TensorType& type : types) element_count(type.shape);
    return types;
  });
}

}  // namespace vta::graph
