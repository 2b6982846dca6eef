// Runs a graph with the reference kernels: the oracle for everything that executes networks.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "vta/graph/graph.h"

namespace vta::graph {

using NamedTensors = std::map<std::string, Tensor>;

// Throws Error when an input is missing, unknown, or of another type than the graph's, naming it and
// both types.
void check_inputs(const Graph& graph, const NamedTensors& inputs);

// Output tensors by name. Throws Error as check_inputs does. `observe`, where given, sees every value
// as it is produced (graph inputs first; not constants): calibration uses it.
NamedTensors run(const Graph& graph, const NamedTensors& inputs,
                 const std::function<void(ValueId, const Tensor&)>& observe = nullptr);

// One node on given inputs (null where an optional input is absent).
std::vector<Tensor> run_node(const Graph& graph, const Node& node,
                             std::span<const Tensor* const> inputs);

}  // namespace vta::graph
