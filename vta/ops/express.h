// From a node of the graph to tensor expressions: what each operator computes, said once, without a
// word about how. Whatever runs a node (the host's code, the accelerator's) starts from these.
//
// Integer operators mean bit for bit what the graph's reference kernels compute. Floats are
// rounded after each operation in the type of the result, where the reference kernels add in f64.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vta/graph/graph.h"
#include "vta/loop/stmt.h"
#include "vta/te/tensor.h"

namespace vta::ops {

// A node with its operands as expressions: what a function of the table sees.
class Operands {
 public:
  // `inputs` as the node has them, nullopt where an optional one is absent. The outputs are called
  // `name`, or `name`_0, `name`_1 … where there are several.
  Operands(const graph::Graph& graph, const graph::Node& node,
           std::vector<std::optional<te::Tensor>> inputs, std::string name);

  const graph::Node& node() const { return node_; }
  size_t size() const { return inputs_.size(); }
  bool has(size_t input) const { return input < inputs_.size() && inputs_[input].has_value(); }
  const te::Tensor& operator[](size_t input) const { return *inputs_.at(input); }
  // The value of an input that is a constant of the graph; nullptr for others and absent ones.
  const vta::Tensor* constant(size_t input) const { return graph_.constant(node_.input(input)); }

  size_t outputs() const { return node_.outputs.size(); }
  const Shape& shape(size_t output = 0) const { return type(output).shape; }
  loop::Type element(size_t output = 0) const;
  const graph::TensorType& type(size_t output = 0) const {
    return graph_.value(node_.outputs.at(output)).type;
  }
  std::string name(size_t output = 0) const;
  // The name of a tensor between inputs and output.
  std::string stage(std::string_view what) const { return name_ + "_" + std::string(what); }

 private:
  const graph::Graph& graph_;
  const graph::Node& node_;
  std::vector<std::optional<te::Tensor>> inputs_;
  std::string name_;
};

struct OpExpression {
  std::string_view op;  // as in the graph's op table
  std::vector<te::Tensor> (*express)(const Operands& operands);
  // The result has the elements of the first input in the same order: whoever owns the memory need
  // not run anything.
  bool is_view = false;
  std::string_view limit = "";  // what has no expression, or another meaning, as the user reads it
};

// The limit of an operator that no expression can say.
inline constexpr std::string_view kNoExpression = "none: the reference kernel alone computes it";

// Every operator of the graph has an entry; nullptr for a name that is none.
const OpExpression* find_expression(std::string_view op);

// The expressions of the node's outputs. Throws Error, with op and node name in front, for what has
// no expression: elements of f16 or bf16, tensors without elements, and a few forms of operators
// that the files of this folder name in their head comments.
std::vector<te::Tensor> express(const graph::Graph& graph, const graph::Node& node,
                                std::vector<std::optional<te::Tensor>> inputs, std::string name);

// The node alone as an unscheduled function: parameters x0, x1 … for the inputs that the
// expressions read, numbered as the node has them, then y (y_0, y_1 …).
struct LoweredNode {
  loop::Function function;
  std::vector<size_t> inputs;  // which inputs of the node are parameters, in order
};
LoweredNode lower(const graph::Graph& graph, const graph::Node& node);

// The loop IR's type of a tensor's elements. Throws Error for f16 and bf16.
loop::Type element_type(DType dtype);

}  // namespace vta::ops
