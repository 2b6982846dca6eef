// Reductions: the axes of ReduceSum are an input from opset 13 on, those of the others from 18 on;
// in the graph, as in opset 17, only reduce_sum has them as input.
#include "vta/import/onnx/rules.h"

namespace vta::import {
namespace {

using graph::ValueId;
using Ints = std::vector<int64_t>;

void import_reduce_sum(NodeImporter& node, const std::string& op) {
  const ValueId x = node.required_input(0, "x");
  ValueId axes = node.input(1);
  if (node.opset() < 13) {
    if (const auto stated = node.take<Ints>("axes")) axes = node.constant("axes", *stated);
  }
  node.set_output(0, node.emit(op, {x, axes})[0]);
}

void import_reduce(NodeImporter& node, const std::string& op) {
  const ValueId x = node.required_input(0, "x");
  Ints axes;
  if (node.opset() < 18) {
    axes = node.take<Ints>("axes").value_or(Ints());
  } else {
    axes = node.constant_integers(1, "axes").value_or(Ints());
    if (node.take_int("noop_with_empty_axes", 0) != 0 && axes.empty()) {
      node.ignore("keepdims");
      node.set_output(0, node.emit("identity", {x})[0]);
      return;
    }
  }
  node.set_output(0, node.emit(op, {x}, {{"axes", axes}})[0]);
}

}  // namespace

std::span<const Rule> reduce_rules() {
  static constexpr Rule kRules[] = {
      {"ArgMax", import_same, "arg_max"},
      {"ReduceMax", import_reduce, "reduce_max"},
      {"ReduceMean", import_reduce, "reduce_mean"},
      {"ReduceSum", import_reduce_sum, "reduce_sum"},
  };
  return kRules;
}

}  // namespace vta::import
