// How each ONNX operator is written in the graph. Rules bring older forms of an operator to that of
// opset 17: attributes that became inputs, automatic padding, implicit broadcasting.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vta/import/onnx/node_importer.h"

namespace vta::import {

// The domain of ONNX Runtime's own operators.
inline constexpr std::string_view kMicrosoft = "com.microsoft";

struct Rule {
  std::string_view op_type;  // ONNX's name
  // Emits the node and sets its outputs. `op` is the rule's operator of the graph.
  void (*apply)(NodeImporter& node, const std::string& op);
  std::string_view op;
  std::string_view domain = {};  // empty for ONNX's own
};

// Null when the operator is not supported.
const Rule* find_rule(std::string_view op_type);
// ONNX's name of an operator of the graph: the one of those that import to it that differs only in
// how words are told apart. Empty when there is none.
std::string_view onnx_name(std::string_view op);

// The families, one file each.
std::span<const Rule> elementwise_rules();
std::span<const Rule> layer_rules();
std::span<const Rule> shape_rules();
std::span<const Rule> reduce_rules();
std::span<const Rule> resize_rules();
std::span<const Rule> quantize_rules();

// A convolution `op` of the graph by the node's window attributes, automatic padding resolved;
// `bias` may be kNoValue.
graph::ValueId emit_convolution(NodeImporter& node, const std::string& op, graph::ValueId x,
                                graph::ValueId w, graph::ValueId bias);

// The rule for an operator that is the same in the graph: all inputs and attributes as they are.
void import_same(NodeImporter& node, const std::string& op);

}  // namespace vta::import
