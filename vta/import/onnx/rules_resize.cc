// Resize and Upsample. Upsample (7 to 9) and Resize 10 have asymmetric coordinates and round down;
// from 11 on attributes say so. From opset 18 on the operands may be for some axes only.
#include "vta/graph/ops/axes.h"
#include "vta/import/onnx/rules.h"

namespace vta::import {
namespace {

using graph::kNoValue;
using graph::ValueId;
using Ints = std::vector<int64_t>;

void emit_asymmetric(NodeImporter& node, const std::string& op, ValueId scales) {
  const std::string mode = node.take<std::string>("mode").value_or("nearest");
  node.set_output(0, node.emit(op, {node.required_input(0, "x"), kNoValue, scales},
                               {{"mode", mode == "bilinear" ? "linear" : mode},
                                {"coordinate_transformation_mode", "asymmetric"},
                                {"nearest_mode", "floor"}})[0]);
}

void import_upsample(NodeImporter& node, const std::string& op) {
  require(node.opset() >= 7 && node.opset() <= 9,
          "the form of opset {} is not supported; those of 7 to 9 are", node.opset());
  if (node.opset() == 9) return emit_asymmetric(node, op, node.required_input(1, "scales"));
  const auto stated = node.take<std::vector<double>>("scales");
  require(stated.has_value(), "attribute 'scales' is missing");
  Tensor scales(DType::kFloat32, {static_cast<int64_t>(stated->size())});
  for (size_t i = 0; i < stated->size(); ++i) {
    scales.as<float>()[i] = static_cast<float>((*stated)[i]);
  }
  emit_asymmetric(node, op, node.constant("scales", scales));
}

// What only other modes than nearest and linear, or shrinking with a filter, look at.
void check_attributes(NodeImporter& node) {
  node.ignore("cubic_coeff_a");
  require(node.take_int("exclude_outside", 0) == 0, "exclude_outside = 1 is not supported; 0 is");
  require(node.take_int("antialias", 0) == 0, "antialias = 1 is not supported; 0 is");
  const std::string policy = node.take<std::string>("keep_aspect_ratio_policy").value_or("stretch");
  require(policy == "stretch", "keep_aspect_ratio_policy '{}' is not supported; stretch is",
          policy);
}

// An operand for some axes, as one for all dimensions: `parts` blocks of one element an axis, where
// the other axes have that of `otherwise`.
Tensor spread(const Tensor& given, const Ints& axes, const Tensor& otherwise, int64_t parts) {
  Tensor result = otherwise;
  const auto count = static_cast<int64_t>(axes.size());
  const int64_t rank = otherwise.size() / parts;
  require(given.rank() == 1 && given.size() == parts * count && given.dtype() == otherwise.dtype(),
          "an operand for {} axes must be {}[{}], got {}[{}]", count, dtype_name(otherwise.dtype()),
          parts * count, dtype_name(given.dtype()), to_string(given.shape()));
  const size_t width = dtype_bytes(given.dtype());
  for (int64_t i = 0; i < parts * count; ++i) {
    const auto axis = static_cast<int64_t>(
        graph::normalize_axis(axes[static_cast<size_t>(i % count)], static_cast<size_t>(rank)));
    const auto source = given.bytes().subspan(i * width, width);
    std::copy(source.begin(), source.end(),
              result.bytes().begin() + (i / count * rank + axis) * width);
  }
  return result;
}

// An empty tensor stands for an absent operand.
ValueId operand(NodeImporter& node, size_t index, const char* name, const Ints* axes,
                const Tensor& otherwise, int64_t parts) {
  const Tensor* const given = node.constant_input(index, name);
  if (given == nullptr || given->size() == 0) return kNoValue;
  if (axes == nullptr) return node.input(index);
  return node.constant(name, spread(*given, *axes, otherwise, parts));
}

Tensor whole_region(size_t rank, DType dtype) {
  std::vector<float> region(2 * rank, 0.0F);
  std::fill(region.begin() + rank, region.end(), 1.0F);
  return Tensor::of<float>({static_cast<int64_t>(region.size())}, region).cast(dtype);
}

void import_resize(NodeImporter& node, const std::string& op) {
  if (node.opset() < 11) return emit_asymmetric(node, op, node.required_input(1, "scales"));
  check_attributes(node);
  const ValueId x = node.required_input(0, "x");
  const Shape shape = node.shape(x);
  const auto rank = static_cast<int64_t>(shape.size());
  const auto stated = node.take<Ints>("axes");
  const Ints* const axes = stated ? &*stated : nullptr;
  const Tensor* const roi = node.constant_input(1, "roi");
  const Tensor ones = Tensor::of<float>({rank}, std::vector<float>(shape.size(), 1.0F));
  const Tensor region = whole_region(shape.size(), roi == nullptr ? DType::kFloat32 : roi->dtype());
  node.set_output(
      0,
      node.emit(op, {x, operand(node, 1, "roi", axes, region, 2),
                     operand(node, 2, "scales", axes, ones, 1),
                     operand(node, 3, "sizes", axes, Tensor::of<int64_t>({rank}, shape), 1)})[0]);
}

}  // namespace

std::span<const Rule> resize_rules() {
  static constexpr Rule kRules[] = {
      {"Resize", import_resize, "resize"},
      {"Upsample", import_upsample, "resize"},
  };
  return kRules;
}

}  // namespace vta::import
