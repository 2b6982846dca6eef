#include "vta/graph/graph.h"

#include <fmt/format.h>

#include <utility>

#include "vta/graph/op.h"

namespace vta::graph {
namespace {

template <typename T>
const T& typed_attribute(const Node& node, const std::string& key, std::string_view kind) {
  const auto found = node.attributes.find(key);
  require(found != node.attributes.end(), "{} '{}': no attribute '{}'", node.op, node.name, key);
  const T* value = std::get_if<T>(&found->second);
  require(value != nullptr, "{} '{}': attribute '{}' is not {}", node.op, node.name, key, kind);
  return *value;
}

}  // namespace

std::string to_string(const TensorType& type) {
  if (type.shape.empty()) return fmt::format("{}[]", dtype_name(type.dtype));
  return fmt::format("{}[{}]", dtype_name(type.dtype), to_string(type.shape));
}

int64_t Node::int_attr(const std::string& key) const {
  return typed_attribute<int64_t>(*this, key, "an integer");
}
double Node::float_attr(const std::string& key) const {
  return typed_attribute<double>(*this, key, "a float");
}
const std::string& Node::string_attr(const std::string& key) const {
  return typed_attribute<std::string>(*this, key, "a string");
}
const std::vector<int64_t>& Node::ints_attr(const std::string& key) const {
  return typed_attribute<std::vector<int64_t>>(*this, key, "a list of integers");
}
const std::vector<double>& Node::floats_attr(const std::string& key) const {
  return typed_attribute<std::vector<double>>(*this, key, "a list of floats");
}

template <typename Named>
std::string Graph::NameIndex::unique(const std::vector<Named>& items, std::string wanted) {
  if (items.size() < indexed) {
    next_suffix.clear();
    indexed = 0;
  }
  for (; indexed < items.size(); ++indexed) next_suffix.try_emplace(items[indexed].name, 1);
  const auto taken = next_suffix.find(wanted);
  if (taken == next_suffix.end()) {
    next_suffix.emplace(wanted, 1);
    return wanted;
  }
  std::string candidate;
  do {
    candidate = fmt::format("{}_{}", wanted, taken->second++);
  } while (!next_suffix.try_emplace(candidate, 1).second);
  return candidate;
}

ValueId Graph::add_value(std::string value_name, TensorType type) {
  if (value_name.empty()) value_name = "value";
  Value added{value_names_.unique(values, std::move(value_name)), std::move(type), nullptr};
  values.push_back(std::move(added));
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::add_input(std::string value_name, TensorType type) {
  const ValueId id = add_value(std::move(value_name), std::move(type));
  inputs.push_back(id);
  return id;
}

ValueId Graph::add_constant(std::string value_name, Tensor tensor) {
  const ValueId id = add_value(std::move(value_name), {tensor.dtype(), tensor.shape()});
  value(id).constant = std::make_shared<const Tensor>(std::move(tensor));
  return id;
}

std::vector<ValueId> Graph::add_node(const std::string& op, std::string node_name,
                                     std::vector<ValueId> node_inputs,
                                     std::map<std::string, Attribute> attributes,
                                     size_t output_count) {
  Node node;
  node.op = op;
  node.name = node_name.empty() ? op : std::move(node_name);
  node.inputs = std::move(node_inputs);
  node.attributes = std::move(attributes);
  fill_default_attributes(*this, node);
  std::vector<TensorType> types = infer_types(*this, node, output_count);

  node.name = node_names_.unique(nodes, node.name);
  for (size_t i = 0; i < types.size(); ++i) {
    std::string output = types.size() == 1 ? node.name : fmt::format("{}.{}", node.name, i);
    node.outputs.push_back(add_value(std::move(output), std::move(types[i])));
  }
  nodes.push_back(node);
  return std::move(node.outputs);
}

void Graph::rename(ValueId id, std::string wanted) {
  if (value(id).name == wanted) return;
  value(id).name = value_names_.unique(values, std::move(wanted));
}

std::vector<int32_t> producers(const Graph& graph) {
  std::vector<int32_t> result(graph.values.size(), -1);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].outputs) {
      if (id != kNoValue) result.at(static_cast<size_t>(id)) = static_cast<int32_t>(i);
    }
  }
  return result;
}

std::vector<std::vector<int32_t>> consumers(const Graph& graph) {
  std::vector<std::vector<int32_t>> result(graph.values.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].inputs) {
      if (id != kNoValue) result.at(static_cast<size_t>(id)).push_back(static_cast<int32_t>(i));
    }
  }
  return result;
}

std::set<ValueId> used_constants(const Graph& graph) {
  std::set<ValueId> result;
  const auto add = [&](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      if (graph.constant(id) != nullptr) result.insert(id);
    }
  };
  for (const Node& node : graph.nodes) add(node.inputs);
  add(graph.outputs);
  return result;
}

}  // namespace vta::graph
