#include "vta/graph/interpreter.h"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "vta/graph/op.h"

namespace vta::graph {
namespace {

// For each value the index of the last node that reads it; nodes.size() for graph outputs, which
// live to the end.
std::vector<size_t> last_uses(const Graph& graph) {
  std::vector<size_t> result(graph.values.size(), 0);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].inputs) {
      if (id != kNoValue) result[id] = i;
    }
  }
  for (const ValueId id : graph.outputs) result[id] = graph.nodes.size();
  return result;
}

uint64_t value_bytes(const Graph& graph, ValueId id) {
  const TensorType& type = graph.value(id).type;
  return static_cast<uint64_t>(element_count(type.shape)) * dtype_bytes(type.dtype);
}

// The most bytes of results at a time.
uint64_t peak_of_results(const Graph& graph) {
  const std::vector<size_t> last_use = last_uses(graph);
  std::vector<uint64_t> held(graph.values.size(), 0);
  uint64_t live = 0;
  uint64_t peak = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    uint64_t results = 0;
    for (const ValueId id : graph.nodes[i].outputs) results += value_bytes(graph, id);
    peak = std::max(peak, live + results);
    for (const ValueId id : graph.nodes[i].inputs) {
      if (id != kNoValue && last_use[id] == i) live -= std::exchange(held[id], 0);
    }
    for (const ValueId id : graph.nodes[i].outputs) {
      if (last_use[id] > i) live += held[id] = value_bytes(graph, id);
    }
  }
  return peak;
}

}  // namespace

Footprint footprint(const Graph& graph) {
  Footprint result{.bytes = peak_of_results(graph)};
  uint64_t most = 0;
  const auto see = [&](ValueId id) {
    if (value_bytes(graph, id) <= most) return;
    most = value_bytes(graph, id);
    result.largest = id;
  };
  for (ValueId id = 0; id < static_cast<ValueId>(graph.values.size()); ++id) {
    if (graph.constant(id) == nullptr) continue;
    result.bytes += value_bytes(graph, id);
    see(id);
  }
  for (const ValueId id : graph.inputs) {
    result.bytes += value_bytes(graph, id);
    see(id);
  }
  for (const Node& node : graph.nodes) std::ranges::for_each(node.outputs, see);
  return result;
}

void check_inputs(const Graph& graph, const NamedTensors& inputs) {
  std::string names;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.value(id);
    names += fmt::format("{}'{}'", names.empty() ? "" : ", ", value.name);
    const auto given = inputs.find(value.name);
    require(given != inputs.end(), "graph '{}': input '{}', {}, is missing", graph.name, value.name,
            to_string(value.type));
    const TensorType type{given->second.dtype(), given->second.shape()};
    require(type == value.type, "graph '{}': input '{}' must be {}, got {}", graph.name, value.name,
            to_string(value.type), to_string(type));
  }
  for (const auto& given : inputs) {
    const bool known = std::ranges::any_of(
        graph.inputs, [&](ValueId id) { return graph.value(id).name == given.first; });
    require(known, "graph '{}': no input '{}', the inputs are {}", graph.name, given.first,
            names.empty() ? "none" : names);
  }
}

std::vector<Tensor> run_node(const Graph& graph, const Node& node,
                             std::span<const Tensor* const> inputs) {
  const OpDef* op = find_op(node.op);
  require(op != nullptr, "node '{}': no operator is called '{}'", node.name, node.op);
  std::vector<TensorType> types;
  for (const ValueId id : node.outputs) types.push_back(graph.value(id).type);
  try {
    return op->run(node, inputs, types);
  } catch (const Error& error) {
    fail("{} '{}': {}", node.op, node.name, error.what());
  } catch (const std::bad_alloc&) {
    fail("{} '{}': not enough memory for its result", node.op, node.name);
  }
}

NamedTensors run(const Graph& graph, const NamedTensors& inputs,
                 const std::function<void(ValueId, const Tensor&)>& observe,
                 const NodeRunner& run_one) {
  check_inputs(graph, inputs);
  const std::vector<size_t> last_use = last_uses(graph);
  std::vector<std::optional<Tensor>> computed(graph.values.size());
  std::vector<const Tensor*> tensors(graph.values.size(), nullptr);
  for (size_t id = 0; id < tensors.size(); ++id) tensors[id] = graph.values[id].constant.get();
  for (const ValueId id : graph.inputs) {
    tensors[id] = &inputs.at(graph.value(id).name);
    if (observe) observe(id, *tensors[id]);
  }

  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    std::vector<const Tensor*> arguments;
    for (const ValueId id : node.inputs) {
      arguments.push_back(id == kNoValue ? nullptr : tensors[id]);
    }
    std::vector<Tensor> results =
        run_one ? run_one(node, arguments) : run_node(graph, node, arguments);
    for (const ValueId id : node.inputs) {
      if (id != kNoValue && last_use[id] == i) computed[id].reset();
    }
    for (size_t j = 0; j < node.outputs.size(); ++j) {
      const ValueId id = node.outputs[j];
      if (observe) observe(id, results[j]);
      if (last_use[id] <= i) continue;
      tensors[id] = &computed[id].emplace(std::move(results[j]));
    }
  }

  NamedTensors outputs;
  for (const ValueId id : graph.outputs) outputs.emplace(graph.value(id).name, *tensors[id]);
  return outputs;
}

}  // namespace vta::graph
