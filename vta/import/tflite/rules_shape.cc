// Operators that move elements: they mean the same for floats and integers.
#include <algorithm>
#include <cmath>

#include "vta/import/tflite/rules.h"

namespace vta::import {
namespace {

using graph::ValueId;
using Ints = std::vector<int64_t>;

// The model says the new shape with its output.
void import_reshape(OperatorImporter& node) {
  node.set_output(node.reshaped(node.input(0), node.output_tensor().shape));
}

// Every byte on another scale, as TFLite's ConcatenationWithScaling: in f32, with the zero points
// of unsigned bytes.
Tensor rescaled(const TfliteAffine& from, const TfliteAffine& to) {
  const float scale = from.scale * (1.0F / to.scale);
  require(std::isfinite(255 * scale), "scales {} and {} are too far apart", from.scale, to.scale);
  const float bias = static_cast<float>(-(from.zero_point + 128)) * scale;
  Tensor table(DType::kInt8, {256});
  for (int q = 0; q < 256; ++q) {
    const float level = std::round(static_cast<float>(q) * scale + bias);
    table.as<int8_t>()[q] =
        static_cast<int8_t>(std::clamp(level + static_cast<float>(to.zero_point), -128.0F, 127.0F));
  }
  return table;
}

void import_concatenation(OperatorImporter& node) {
  const auto rank = static_cast<int64_t>(node.output_tensor().shape.size());
  int64_t axis = node.options().axis;
  require(axis >= -rank && axis < rank, "axis {} is out of range for {} dimensions", axis, rank);
  if (axis < 0) axis += rank;
  static constexpr int64_t kPlace[] = {0, 2, 3, 1};  // of N, H, W, C in the graph
  if (rank == 4) axis = kPlace[axis];
  std::vector<ValueId> parts;
  for (size_t i = 0; i < node.input_count(); ++i) {
    parts.push_back(node.input(i));
    if (!node.is_quantised()) continue;
    const TfliteAffine x = node.input_affine(i), y = node.output_affine();
    if (x.scale == y.scale && x.zero_point == y.zero_point) continue;
    require(node.output_tensor().dtype == DType::kUInt8,
            "part {} and the whole differ in scale or zero point, which TFLite has for u8 only", i);
    parts.back() = node.emit("qlookup", {parts.back(), node.add_constant("table", rescaled(x, y))});
  }
  require(!parts.empty(), "has no inputs");
  const ValueId whole = node.emit("concat", parts, {{"axis", axis}});
  if (!node.is_quantised()) return node.set_output(node.activated(whole));
  require(node.options().activation == TfliteActivation::kNone,
          "a quantised concatenation with a fused activation is not supported");
  node.set_output(whole);
}

// With zeros, which are the zero point for integers.
void import_pad(OperatorImporter& node) {
  const Ints given = node.constant_integers(1, "paddings");
  const auto rank = node.input_tensor(0).shape.size();
  require(given.size() == 2 * rank, "paddings has {} elements, must have {}", given.size(),
          2 * rank);
  static constexpr size_t kPlace[] = {0, 2, 3, 1};  // of N, H, W, C in the graph
  Ints pads(2 * rank);
  for (size_t axis = 0; axis < rank; ++axis) {
    const size_t place = rank == 4 ? kPlace[axis] : axis;
    pads[place] = given[2 * axis];
    pads[rank + place] = given[2 * axis + 1];
  }
  const Tensor zero = node.is_quantised()
                          ? Tensor::scalar(static_cast<int8_t>(node.output_affine().zero_point))
                          : Tensor::scalar(0.0F);
  node.set_output(node.emit(
      "pad", {node.input(0), node.add_constant("pads", pads), node.add_constant("zero", zero)},
      {{"mode", "constant"}}));
}

}  // namespace

std::span<const TfliteRule> tflite_shape_rules() {
  static constexpr TfliteRule kRules[] = {
      {2, "CONCATENATION", import_concatenation},
      {22, "RESHAPE", import_reshape},
      {34, "PAD", import_pad},
  };
  return kRules;
}

}  // namespace vta::import
