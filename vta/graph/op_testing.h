// For tests: one operator on given tensors, and tensors with reproducible contents.
#pragma once

#include <cmath>
#include <random>

#include "vta/graph/interpreter.h"

namespace vta::graph {

// The first output of a graph that is the one operator.
inline Tensor run_op(const std::string& op, const std::vector<Tensor>& inputs,
                     const std::map<std::string, Attribute>& attributes = {}) {
  Graph graph;
  NamedTensors tensors;
  std::vector<ValueId> ids;
  for (const Tensor& input : inputs) {
    ids.push_back(graph.add_input(fmt::format("x{}", ids.size()), {input.dtype(), input.shape()}));
    tensors.emplace(graph.value(ids.back()).name, input);
  }
  graph.outputs = graph.add_node(op, "y", ids, attributes);
  verify(graph);
  return run(graph, tensors).at("y");
}

// Floats in [-1, 1) that are multiples of 1/64, so that short sums of products are exact in float.
inline Tensor random_floats(const Shape& shape, unsigned seed) {
  std::mt19937 engine(seed);
  Tensor tensor(DType::kFloat32, shape);
  for (float& value : tensor.as<float>()) {
    value = static_cast<float>(static_cast<int>(engine() % 128) - 64) / 64.0F;
  }
  return tensor;
}

inline Tensor random_int8(const Shape& shape, unsigned seed) {
  std::mt19937 engine(seed);
  Tensor tensor(DType::kInt8, shape);
  for (int8_t& value : tensor.as<int8_t>()) value = static_cast<int8_t>(engine() % 256);
  return tensor;
}

// tensor[index], or 0 where the index is outside: the naive way to pad.
template <typename T>
T at_or_zero(const Tensor& tensor, const Shape& index) {
  int64_t offset = 0;
  for (size_t i = 0; i < index.size(); ++i) {
    if (index[i] < 0 || index[i] >= tensor.shape()[i]) return T{0};
    offset = offset * tensor.shape()[i] + index[i];
  }
  return tensor.as<T>()[offset];
}

using Ints = std::vector<int64_t>;

}  // namespace vta::graph
