// For tests: graphs of one node, for each operator, with shapes, attributes and operands drawn at
// random, small.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vta/graph/graph.h"

namespace vta::ops {

struct OperatorCase {
  graph::Graph graph;          // one node
  std::vector<Tensor> values;  // of the node's inputs; without elements where one is absent
  std::vector<const Tensor*> inputs() const;  // null where one is absent
};

std::vector<std::string> drawn_operators();  // those that have an expression
OperatorCase draw_case(const std::string& op, uint32_t seed);

// Empty where the tensors agree, else the first difference. Rounding: some steps of f32, relative
// to the largest value, which bounds what a sum of others can have lost.
std::string difference(const Tensor& got, const Tensor& expected);

}  // namespace vta::ops
