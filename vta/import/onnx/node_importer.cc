#include "vta/import/onnx/node_importer.h"

#include <algorithm>

#include "vta/graph/interpreter.h"
#include "vta/graph/op.h"
#include "vta/graph/ops/axes.h"

namespace vta::import {

using graph::kNoValue;
using graph::ValueId;

namespace {

// Enough for every computation of shapes; what is larger is left to the pass that folds constants.
constexpr int64_t kMaxFoldedElements = 1024;

template <typename T>
constexpr std::string_view kind_of();
template <>
constexpr std::string_view kind_of<int64_t>() {
  return "an integer";
}
template <>
constexpr std::string_view kind_of<double>() {
  return "a float";
}
template <>
constexpr std::string_view kind_of<std::string>() {
  return "a string";
}
template <>
constexpr std::string_view kind_of<std::vector<int64_t>>() {
  return "a list of integers";
}
template <>
constexpr std::string_view kind_of<std::vector<double>>() {
  return "a list of floats";
}
template <>
constexpr std::string_view kind_of<Tensor>() {
  return "a tensor";
}

}  // namespace

ValueId NodeImporter::input(size_t index) const {
  if (index >= node_.inputs.size() || node_.inputs[index].empty()) return kNoValue;
  return values_.find(node_.inputs[index])->second;
}

ValueId NodeImporter::required_input(size_t index, std::string_view what) const {
  const ValueId id = input(index);
  require(id != kNoValue, "input {} ({}) is missing", index, what);
  return id;
}

std::vector<ValueId> NodeImporter::inputs() const {
  std::vector<ValueId> result;
  for (size_t i = 0; i < input_count(); ++i) result.push_back(input(i));
  return result;
}

const Tensor* NodeImporter::constant_input(size_t index, std::string_view what) const {
  const ValueId id = input(index);
  if (id == kNoValue) return nullptr;
  return &graph::constant_value({type(id), graph_.constant(id), true}, what);
}

std::optional<std::vector<int64_t>> NodeImporter::constant_integers(size_t index,
                                                                    std::string_view what) const {
  const Tensor* tensor = constant_input(index, what);
  if (tensor == nullptr) return std::nullopt;
  return graph::integers(*tensor, what);
}

template <typename T>
std::optional<T> NodeImporter::take(const std::string& key) {
  taken_.insert(key);
  const auto found = node_.attributes.find(key);
  if (found == node_.attributes.end()) return std::nullopt;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  const auto* other = std::get_if<OtherAttribute>(&found->second);
  fail("attribute '{}' must be {}{}", key, kind_of<T>(),
       other != nullptr ? ", got " + other->kind : "");
}
template std::optional<int64_t> NodeImporter::take(const std::string&);
template std::optional<double> NodeImporter::take(const std::string&);
template std::optional<std::string> NodeImporter::take(const std::string&);
template std::optional<std::vector<int64_t>> NodeImporter::take(const std::string&);
template std::optional<std::vector<double>> NodeImporter::take(const std::string&);
template std::optional<Tensor> NodeImporter::take(const std::string&);

ValueId NodeImporter::constant(std::string_view what, Tensor value) {
  return graph_.add_constant(fmt::format("{}/{}", name_, what), std::move(value));
}

ValueId NodeImporter::constant(std::string_view what, const std::vector<int64_t>& values) {
  return constant(what, Tensor::of<int64_t>({static_cast<int64_t>(values.size())}, values));
}

std::vector<ValueId> NodeImporter::emit(const std::string& op, std::vector<ValueId> inputs,
                                        Attributes attributes, size_t output_count) {
  for (const graph::AttributeDef& def : graph::find_op(op)->attributes) {
    const auto found = node_.attributes.find(def.name);
    if (found == node_.attributes.end() || !taken_.insert(def.name).second) continue;
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_constructible_v<graph::Attribute, decltype(value)>) {
            attributes.try_emplace(def.name, value);
          } else {
            fail("attribute '{}' must not be a tensor or graph", def.name);
          }
        },
        found->second);
  }
  return add(op, name_, std::move(inputs), std::move(attributes), output_count);
}

ValueId NodeImporter::emit_helper(const std::string& op, std::vector<ValueId> inputs,
                                  Attributes attributes) {
  return add(op, fmt::format("{}/{}", name_, op), std::move(inputs), std::move(attributes), 1)[0];
}

std::vector<ValueId> NodeImporter::add(const std::string& op, const std::string& node_name,
                                       std::vector<ValueId> inputs, Attributes attributes,
                                       size_t output_count) {
  while (!inputs.empty() && inputs.back() == kNoValue) inputs.pop_back();
  std::vector<ValueId> outputs;
  try {
    outputs =
        graph_.add_node(op, node_name, std::move(inputs), std::move(attributes), output_count);
  } catch (const Error& error) {
    const std::string prefix = fmt::format("{} '{}': ", op, node_name);
    const std::string message = error.what();
    throw Error(message.starts_with(prefix) ? message.substr(prefix.size()) : message);
  }
  evaluate_last_node();
  return outputs;
}

void NodeImporter::evaluate_last_node() {
  const graph::Node& node = graph_.nodes.back();
  const auto is_small = [&](ValueId id) {
    return id == kNoValue || element_count(shape(id)) <= kMaxFoldedElements;
  };
  const auto is_constant = [&](ValueId id) {
    return id == kNoValue || graph_.constant(id) != nullptr;
  };
  // The integers of quantised weights stay, for the pass that keeps them
  // (vta/quantize/adopt_qdq.h).
  const auto is_byte = [&](ValueId id) {
    return id != kNoValue && dtype_bytes(type(id).dtype) == 1 && type(id).dtype != DType::kBool;
  };
  if (std::ranges::any_of(node.inputs, is_byte) || !std::ranges::all_of(node.inputs, is_constant) ||
      !std::ranges::all_of(node.inputs, is_small) || !std::ranges::all_of(node.outputs, is_small)) {
    return;
  }
  std::vector<const Tensor*> inputs;
  for (const ValueId id : node.inputs) inputs.push_back(graph_.constant(id));
  std::vector<Tensor> outputs = graph::run_node(graph_, node, inputs);
  for (size_t i = 0; i < outputs.size(); ++i) {
    graph_.value(node.outputs[i]).constant = std::make_shared<const Tensor>(std::move(outputs[i]));
  }
  graph_.nodes.pop_back();
}

void NodeImporter::set_output(size_t index, ValueId id) {
  if (!uses_output(index)) return;
  const std::string& name = node_.outputs[index];
  require(values_.emplace(name, id).second, "value '{}' has another producer", name);
  graph_.rename(id, name);
}

void NodeImporter::finish() const {
  for (const auto& [key, value] : node_.attributes) {
    require(taken_.contains(key), "attribute '{}' is not supported", key);
  }
  for (size_t i = 0; i < output_count(); ++i) {
    require(!uses_output(i) || values_.contains(node_.outputs[i]),
            "output {} ('{}') is not supported", i, node_.outputs[i]);
  }
}

}  // namespace vta::import
