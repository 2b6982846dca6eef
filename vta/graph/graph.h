// The graph IR: a network as a list of operator nodes in topological order over typed values.
//
// Every value has a static shape and element type and exactly one producer: a graph input, a
// constant, or one output of one node. Operators are defined in the op table (op.h); their names
// are the ONNX operator names in snake_case with the meaning of opset 17 (`conv`, `max_pool`,
// `gemm`, `hard_sigmoid`), plus the integer operators of a quantised network (`qconv`, `qadd`, …).
// Layout is ONNX's: activations N x C x H x W, convolution weights O x I/group x KH x KW.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "vta/base/tensor.h"

namespace vta::graph {

struct TensorType {
  DType dtype = DType::kFloat32;
  Shape shape;
  bool operator==(const TensorType&) const = default;
};

using vta::to_string;                           // of a Shape
std::string to_string(const TensorType& type);  // "f32[1x16x28x28]"

using ValueId = int32_t;
inline constexpr ValueId kNoValue = -1;  // an optional input that is absent

struct Value {
  std::string name;  // unique in the graph
  TensorType type;
  std::shared_ptr<const Tensor> constant;  // set for a constant; shared between graph copies
};

using Attribute =
    std::variant<int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;

struct Node {
  std::string op;    // a name in the op table
  std::string name;  // unique in the graph; from the model file where it has one
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::map<std::string, Attribute> attributes;

  // Throw Error that names the node and the attribute when it is absent or of another type.
  int64_t int_attr(const std::string& key) const;
  double float_attr(const std::string& key) const;
  const std::string& string_attr(const std::string& key) const;
  const std::vector<int64_t>& ints_attr(const std::string& key) const;
  const std::vector<double>& floats_attr(const std::string& key) const;

  ValueId input(size_t index) const { return index < inputs.size() ? inputs[index] : kNoValue; }
  bool has_input(size_t index) const { return input(index) != kNoValue; }
};

class Graph {
 public:
  std::string name = "graph";
  std::vector<Value> values;    // indexed by ValueId; may hold values that nothing uses
  std::vector<Node> nodes;      // topological order
  std::vector<ValueId> inputs;  // never constants
  std::vector<ValueId> outputs;

  const Value& value(ValueId id) const { return values.at(static_cast<size_t>(id)); }
  Value& value(ValueId id) { return values.at(static_cast<size_t>(id)); }
  const Tensor* constant(ValueId id) const {  // null when not a constant or absent
    return id == kNoValue ? nullptr : value(id).constant.get();
  }

  // Each makes the name unique by a suffix where it is taken, and returns the new value.
  ValueId add_input(std::string value_name, TensorType type);
  ValueId add_constant(std::string value_name, Tensor tensor);
  // Appends a node, fills in defaults of attributes, infers the types of its outputs, named after
  // the node (`NAME`, or `NAME.0`, `NAME.1` … for several). Throws Error as infer does (op.h).
  std::vector<ValueId> add_node(const std::string& op, std::string node_name,
                                std::vector<ValueId> node_inputs,
                                std::map<std::string, Attribute> attributes = {},
                                size_t output_count = 1);
  // Gives a value the name that is wanted, made unique as above. (Names that are assigned directly
  // are not noticed by the methods above; verify reports a name used twice.)
  void rename(ValueId id, std::string wanted);

 private:
  // The names that are taken, each with the suffix to try next; catches up with items that were
  // appended directly.
  struct NameIndex {
    std::map<std::string, int> next_suffix;
    size_t indexed = 0;
    template <typename Named>
    std::string unique(const std::vector<Named>& items, std::string wanted);
  };

  ValueId add_value(std::string value_name, TensorType type);

  NameIndex value_names_;
  NameIndex node_names_;
};

// The node that produces each value: index into graph.nodes, or -1 for inputs and constants.
std::vector<int32_t> producers(const Graph& graph);
// The nodes that read each value, in order, a node once for each use; graph outputs are not
// counted.
std::vector<std::vector<int32_t>> consumers(const Graph& graph);
// The constants that nodes read or the graph returns.
std::set<ValueId> used_constants(const Graph& graph);

// Throws Error that says which rule is broken and by which node or value: names unique, every value
// one producer, nodes in topological order, input and output counts and attributes as the op table
// says, output types equal to what inference gives.
void verify(const Graph& graph);

// Text form, one node a line; parse(print(g)) equals g up to unused values. Constants of more than
// 16 elements are printed as `#K`, referring to `constants[K]`, so text and constants go together.
//   graph resnet8(%x: f32[1x1x28x28]) -> (%logits) {
//     const %w: f32[16x1x3x3] = #0
//     %conv0: f32[1x16x28x28] = conv(%x, %w) name="conv0" {dilations = [1, 1], group = 1, …}
//   }
struct GraphText {
  std::string text;
  std::vector<std::shared_ptr<const Tensor>> constants;
};
GraphText print(const Graph& graph);
// Throws Error with line and column.
Graph parse(std::string_view text, const std::vector<std::shared_ptr<const Tensor>>& constants);

}  // namespace vta::graph
