// Operators on shapes and places. What became an input in a later opset is an attribute before:
// Slice's bounds and Pad's pads (10, 11), Squeeze's and Unsqueeze's axes and Split's sizes (13).
// Shape is a constant, because every shape is known.
#include <algorithm>
#include <numeric>

#include "vta/graph/ops/axes.h"
#include "vta/import/onnx/rules.h"

namespace vta::import {
namespace {

using graph::kNoValue;
using graph::ValueId;
using Ints = std::vector<int64_t>;

// The list that an attribute holds before `since`, and an input from then on.
ValueId list_operand(NodeImporter& node, int64_t since, size_t index, const char* name) {
  if (node.opset() >= since) return node.input(index);
  const auto values = node.take<Ints>(name);
  return values ? node.constant(name, *values) : kNoValue;
}

void import_with_axes(NodeImporter& node, const std::string& op) {
  const ValueId x = node.required_input(0, "x");
  node.set_output(0, node.emit(op, {x, list_operand(node, 13, 1, "axes")})[0]);
}

// Up to opset 4 the shape is an attribute.
void import_reshape(NodeImporter& node, const std::string& op) {
  node.ignore("consumed_inputs");
  const ValueId x = node.required_input(0, "x");
  node.set_output(0, node.emit(op, {x, list_operand(node, 5, 1, "shape")})[0]);
}

void import_slice(NodeImporter& node, const std::string& op) {
  const ValueId x = node.required_input(0, "x");
  if (node.opset() >= 10) {
    node.set_output(0, node.emit(op, node.inputs())[0]);
    return;
  }
  const ValueId starts = list_operand(node, 10, 1, "starts");
  const ValueId ends = list_operand(node, 10, 2, "ends");
  const ValueId axes = list_operand(node, 10, 3, "axes");
  node.set_output(0, node.emit(op, {x, starts, ends, axes})[0]);
}

// From opset 18 on num_outputs may leave a smaller last part.
ValueId split_sizes(NodeImporter& node, ValueId x) {
  const ValueId given = list_operand(node, 13, 1, "split");
  const auto count = node.take<int64_t>("num_outputs");
  if (!count || given != kNoValue) return given;
  require(*count == static_cast<int64_t>(node.output_count()), "num_outputs is {}, but it has {}",
          *count, node.output_count());
  const Shape& shape = node.shape(x);
  const auto stated_axis = node.take<int64_t>("axis").value_or(0);
  int64_t left = shape[graph::normalize_axis(stated_axis, shape.size())];
  const int64_t part = (left + *count - 1) / *count;
  Ints sizes;
  for (int64_t i = 0; i < *count; ++i) {
    sizes.push_back(std::min(part, left));
    left -= sizes.back();
  }
  return node.constant("split", sizes);
}

void import_split(NodeImporter& node, const std::string& op) {
  const ValueId x = node.required_input(0, "x");
  const int64_t axis = node.take_int("axis", 0);
  const auto parts =
      node.emit(op, {x, split_sizes(node, x)}, {{"axis", axis}}, node.output_count());
  for (size_t i = 0; i < parts.size(); ++i) node.set_output(i, parts[i]);
}

// Pads of the axes that an opset 18 model lists, as pads of all dimensions.
Ints spread_pads(const Ints& pads, const Ints& axes, size_t rank) {
  require(pads.size() == 2 * axes.size(), "pads has {} elements, must have two for each of {} axes",
          pads.size(), axes.size());
  graph::normalize_axes(axes, rank);  // throws for an axis given twice
  Ints result(2 * rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t axis = graph::normalize_axis(axes[i], rank);
    result[axis] = pads[i];
    result[rank + axis] = pads[axes.size() + i];
  }
  return result;
}

void import_pad(NodeImporter& node, const std::string& op) {
  const ValueId x = node.required_input(0, "x");
  const std::string mode = node.take<std::string>("mode").value_or("constant");
  ValueId pads = list_operand(node, 11, 1, "pads");
  ValueId value = node.input(2);
  if (node.opset() < 11) {
    const double stated = node.take<double>("value").value_or(0.0);
    value = node.constant("value", Tensor::scalar(stated).cast(node.type(x).dtype));
  }
  if (const auto axes = node.constant_integers(3, "axes")) {
    const auto given = node.constant_integers(1, "pads");
    require(given.has_value(), "input 1 (pads) is missing");
    pads = node.constant("pads", spread_pads(*given, *axes, node.shape(x).size()));
  }
  node.set_output(0, node.emit(op, {x, pads, value}, {{"mode", mode}})[0]);
}

void import_shape(NodeImporter& node, const std::string&) {
  const Shape& shape = node.shape(node.required_input(0, "x"));
  const auto rank = static_cast<int64_t>(shape.size());
  const auto bound = [&](int64_t at) {
    return std::clamp(at < 0 ? at + rank : at, int64_t{0}, rank);
  };
  const int64_t start = bound(node.take_int("start", 0));
  const int64_t end = std::max(start, bound(node.take_int("end", rank)));
  node.set_output(0, node.constant("shape", Ints(shape.begin() + start, shape.begin() + end)));
}

void import_constant_of_shape(NodeImporter& node, const std::string& op) {
  const Tensor value = node.take<Tensor>("value").value_or(Tensor(DType::kFloat32, {1}));
  require(value.size() == 1, "attribute 'value' must have one element, got {}", value.size());
  const ValueId scalar = node.constant("value", value.reshaped({}));
  node.set_output(0, node.emit(op, {scalar, node.required_input(0, "shape")})[0]);
}

void import_tile(NodeImporter& node, const std::string& op) {
  require(node.opset() >= 6, "the form of opset {} is not supported; those from 6 on are",
          node.opset());
  import_same(node, op);
}

// Up to opset 3 the axis may be left out.
void import_concat(NodeImporter& node, const std::string& op) {
  const bool old = node.opset() < 4;
  const auto axis = node.take<int64_t>("axis");
  require(old || axis.has_value(), "attribute 'axis' is missing");
  node.set_output(0, node.emit(op, node.inputs(), {{"axis", axis.value_or(1)}})[0]);
}

}  // namespace

std::span<const Rule> shape_rules() {
  static constexpr Rule kRules[] = {
      {"Concat", import_concat, "concat"},
      {"ConstantOfShape", import_constant_of_shape, "expand"},
      {"DepthToSpace", import_same, "depth_to_space"},
      {"Expand", import_same, "expand"},
      {"Flatten", import_same, "flatten"},
      {"Gather", import_same, "gather"},
      {"Pad", import_pad, "pad"},
      {"Reshape", import_reshape, "reshape"},
      {"Shape", import_shape, ""},
      {"Slice", import_slice, "slice"},
      {"SpaceToDepth", import_same, "space_to_depth"},
      {"Split", import_split, "split"},
      {"Squeeze", import_with_axes, "squeeze"},
      {"Tile", import_tile, "tile"},
      {"Transpose", import_same, "transpose"},
      {"Unsqueeze", import_with_axes, "unsqueeze"},
  };
  return kRules;
}

}  // namespace vta::import
