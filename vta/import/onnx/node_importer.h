// One node of a model on its way into the graph: what the rules in rules.h read and write.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "vta/graph/graph.h"
#include "vta/import/onnx/model.h"

namespace vta::import {

using Attributes = std::map<std::string, graph::Attribute>;
using ValuesByName = std::map<std::string, graph::ValueId, std::less<>>;

// Every function throws Error that says what is wrong, without naming the node.
class NodeImporter {
 public:
  // `name` is what the node is called in the graph.
  NodeImporter(graph::Graph& graph, ValuesByName& values, const OnnxNode& node, std::string name,
               int64_t opset)
      : graph_(graph), values_(values), node_(node), name_(std::move(name)), opset_(opset) {}

  int64_t opset() const { return opset_; }
  size_t output_count() const { return node_.outputs.size(); }
  bool uses_output(size_t index) const {
    return index < node_.outputs.size() && !node_.outputs[index].empty();
  }

  size_t input_count() const { return node_.inputs.size(); }
  graph::ValueId input(size_t index) const;  // kNoValue when absent
  graph::ValueId required_input(size_t index, std::string_view what) const;
  std::vector<graph::ValueId> inputs() const;
  const graph::TensorType& type(graph::ValueId id) const { return graph_.value(id).type; }
  const Shape& shape(graph::ValueId id) const { return type(id).shape; }
  bool is_constant(graph::ValueId id) const { return graph_.constant(id) != nullptr; }
  // The value of an input that must be a constant; null when it is absent.
  const Tensor* constant_input(size_t index, std::string_view what) const;
  // The same as a list of integers; empty when it is absent.
  std::optional<std::vector<int64_t>> constant_integers(size_t index, std::string_view what) const;

  // Nothing when the attribute is absent; throws when it is of another kind. An attribute that no
  // rule takes is an error in the end (finish).
  template <typename T>
  std::optional<T> take(const std::string& key);
  int64_t take_int(const std::string& key, int64_t otherwise) {
    return take<int64_t>(key).value_or(otherwise);
  }
  void ignore(const std::string& key) { taken_.insert(key); }

  graph::ValueId constant(std::string_view what, Tensor value);
  graph::ValueId constant(std::string_view what, const std::vector<int64_t>& values);

  // Adds the node, called as the model's; attributes of the model that the operator of the graph
  // also has are passed on. A node whose inputs are small constants is evaluated at once.
  std::vector<graph::ValueId> emit(const std::string& op, std::vector<graph::ValueId> inputs,
                                   Attributes attributes = {}, size_t output_count = 1);
  // Adds a node that the model does not have, called NODE/OP.
  graph::ValueId emit_helper(const std::string& op, std::vector<graph::ValueId> inputs,
                             Attributes attributes = {});

  void set_output(size_t index, graph::ValueId id);
  // Throws unless every attribute was taken and every output set.
  void finish() const;

 private:
  std::vector<graph::ValueId> add(const std::string& op, const std::string& node_name,
                                  std::vector<graph::ValueId> inputs, Attributes attributes,
                                  size_t output_count);
  void evaluate_last_node();

  graph::Graph& graph_;
  ValuesByName& values_;
  const OnnxNode& node_;
  std::string name_;
  int64_t opset_;
  std::set<std::string> taken_;
};

}  // namespace vta::import
