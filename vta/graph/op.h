// The op table: for each operator of the graph IR its inputs, attributes, shape inference and
// reference kernel. Each family of operators is one file in ops/ that defines both, side by side.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vta/graph/graph.h"

namespace vta::graph {

enum class AttributeKind : uint8_t { kInt, kFloat, kString, kInts, kFloats };

struct AttributeDef {
  std::string name;
  AttributeKind kind;
  // The value where the model gives none. Left out (an int64 0, whatever the kind), it is the
  // kind's empty value: 0, 0.0, "", []. Without a value, `required` makes an error.
  Attribute default_value{};
  bool required = false;
};

// What an inference function sees: the types of the inputs, and the values of those that are
// constants (an operator such as reshape needs the value of its second input).
struct InferInput {
  TensorType type;
  const Tensor* constant = nullptr;
  bool present = true;
};

struct OpDef {
  std::string name;
  int min_inputs = 1;
  int max_inputs = 1;  // -1: any number
  int min_outputs = 1;
  int max_outputs = 1;  // -1: any number
  std::vector<AttributeDef> attributes;
  // Types of the outputs. Throws Error that says what is wrong with the inputs or attributes and
  // what would be right, without naming the node (the caller does).
  std::vector<TensorType> (*infer)(const Node& node, std::span<const InferInput> inputs,
                                   size_t output_count);
  // The reference kernel: outputs from inputs (null where an optional one is absent). Plain and
  // obviously right; it is the oracle, not the fast path. Sums are taken in double where the
  // operator adds more than two floats.
  std::vector<Tensor> (*run)(const Node& node, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs);
  // Fills in attributes whose default depends on the inputs, such as one stride for each spatial
  // dimension; runs after the defaults above and before infer, so it must accept any inputs.
  void (*complete)(Node& node, std::span<const InferInput> inputs) = nullptr;
};

// Null when there is no such operator.
const OpDef* find_op(std::string_view name);
// All of them, sorted by name.
std::vector<const OpDef*> all_ops();

// Sets the attributes that the node leaves to their defaults. Throws Error for an unknown operator.
void fill_default_attributes(const Graph& graph, Node& node);

// Types of the node's outputs, given the graph's values; checks the number of inputs and outputs
// and the attributes against the op table first. Errors are prefixed with op and node name.
std::vector<TensorType> infer_types(const Graph& graph, const Node& node, size_t output_count);

}  // namespace vta::graph
