// For tests: a node by its expressions, through the loop IR's interpreter.
#pragma once

#include <span>
#include <vector>

#include "vta/graph/graph.h"
#include "vta/loop/interpret.h"

namespace vta::ops {

// A tensor's elements as the interpreter stores them, and back. No f16, no bf16.
loop::Array to_array(const Tensor& tensor, const loop::BufferNode& buffer);
Tensor to_tensor(const loop::Array& array, const graph::TensorType& type);

// The node's outputs from its lowered expressions (null where an optional input is absent). Throws
// Error where an operator has no expression.
std::vector<Tensor> interpret_node(const graph::Graph& graph, const graph::Node& node,
                                   std::span<const Tensor* const> inputs);

}  // namespace vta::ops
