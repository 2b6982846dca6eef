#include "vta/ops/express.h"

#include <algorithm>
#include <map>

#include "vta/ops/families.h"

namespace vta::ops {

using loop::Type;
using te::Tensor;
using Inputs = std::vector<std::optional<Tensor>>;

namespace {

// Runs `body`, and puts the node's op and name in front of the error that it may throw.
template <typename Body>
auto naming_node(const graph::Node& node, const Body& body) {
  try {
    return body();
  } catch (const Error& error) {
    fail("{} '{}': {}", node.op, node.name, error.what());
  }
}

}  // namespace

Operands::Operands(const graph::Graph& graph, const graph::Node& node, Inputs inputs,
                   std::string name)
    : graph_(graph), node_(node), inputs_(std::move(inputs)), name_(std::move(name)) {}

loop::Type Operands::element(size_t output) const {
  return element_type(type(output).dtype);
}

std::string Operands::name(size_t output) const {
  return outputs() == 1 ? name_ : fmt::format("{}_{}", name_, output);
}

const OpExpression* find_expression(std::string_view op) {
  static const auto table = [] {
    std::map<std::string_view, const OpExpression*> result;
    for (const auto family : kFamilies) {
      for (const OpExpression& e : family()) result.emplace(e.op, &e);
    }
    return result;
  }();
  const auto found = table.find(op);
  return found == table.end() ? nullptr : found->second;
}

std::vector<Tensor> express(const graph::Graph& graph, const graph::Node& node, Inputs inputs,
                            std::string name) {
  return naming_node(node, [&] {
    const OpExpression* entry = find_expression(node.op);
    require(entry != nullptr, "there is no expression of this operator");
    const auto has_elements = [&](graph::ValueId id) {
      const graph::Value& value = graph.value(id);
      require(element_count(value.type.shape) > 0,
              "'{}' of shape {} has no elements: there is nothing to compute", value.name,
              to_string(value.type.shape));
    };
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i]) has_elements(node.input(i));
    }
    std::ranges::for_each(node.outputs, has_elements);
    return entry->express(Operands(graph, node, std::move(inputs), std::move(name)));
  });
}

LoweredNode lower(const graph::Graph& graph, const graph::Node& node) {
  Inputs placeholders(node.inputs.size());
  for (size_t i = 0; i < placeholders.size(); ++i) {
    if (!node.has_input(i)) continue;
    const graph::TensorType& type = graph.value(node.inputs[i]).type;
    if (element_count(type.shape) == 0 && graph.constant(node.inputs[i]) != nullptr) continue;
    const Type element = naming_node(node, [&] { return element_type(type.dtype); });
    placeholders[i] = te::placeholder(type.shape, element, fmt::format("x{}", i));
  }
  const std::vector<Tensor> outputs = express(graph, node, placeholders, "y");

  std::vector<Tensor> read;
  const auto collect = [&](const auto& self, const Tensor& tensor) -> void {
    if (std::ranges::find(read, tensor.buffer(), &Tensor::buffer) != read.end()) return;
    read.push_back(tensor);
    for (const Tensor& input : te::inputs(tensor)) self(self, input);
  };
  for (const Tensor& output : outputs) collect(collect, output);

  LoweredNode result;
  std::vector<Tensor> parameters;
  for (size_t i = 0; i < placeholders.size(); ++i) {
    if (!placeholders[i]) continue;
    if (std::ranges::find(read, placeholders[i]->buffer(), &Tensor::buffer) == read.end()) continue;
    result.inputs.push_back(i);
    parameters.push_back(*placeholders[i]);
  }
  parameters.insert(parameters.end(), outputs.begin(), outputs.end());
  result.function = te::lower(node.op, parameters);
  return result;
}

loop::Type element_type(DType dtype) {
  require(dtype != DType::kFloat16 && dtype != DType::kBFloat16,
          "elements of {}: the floats of an expression are f32 and f64", dtype_name(dtype));
  return loop::type_from_name(dtype_name(dtype));
}

}  // namespace vta::ops
