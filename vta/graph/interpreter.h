// Runs a graph with the reference kernels: the oracle for everything that executes networks.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "vta/graph/graph.h"

namespace vta::graph {

using NamedTensors = std::map<std::string, Tensor>;

// Throws Error when an input is missing, unknown, or of another type than the graph's, naming it
// and both types.
void check_inputs(const Graph& graph, const NamedTensors& inputs);

// The outputs of a node of the graph from its inputs (null where an optional one is absent).
using NodeRunner =
    std::function<std::vector<Tensor>(const Node& node, std::span<const Tensor* const> inputs)>;

// Output tensors by name. Throws Error as check_inputs does. `observe`, where given, sees every
// value as it is produced (graph inputs first; not constants): calibration uses it. `run_one`,
// where given, runs the nodes in the place of their reference kernels.
NamedTensors run(const Graph& graph, const NamedTensors& inputs,
                 const std::function<void(ValueId, const Tensor&)>& observe = nullptr,
                 const NodeRunner& run_one = nullptr);

// The memory that `run` needs for tensors: inputs, constants, and at the worst moment the results
// that are still to be read. For refusing a network before it fills the machine.
struct Footprint {
  uint64_t bytes = 0;
  ValueId largest = kNoValue;  // the largest of all values; kNoValue where there is none
};
Footprint footprint(const Graph& graph);

// One node on given inputs (null where an optional input is absent).
std::vector<Tensor> run_node(const Graph& graph, const Node& node,
                             std::span<const Tensor* const> inputs);

}  // namespace vta::graph
