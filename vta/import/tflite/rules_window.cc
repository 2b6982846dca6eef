// Pools, means and resizing.
#include <algorithm>
#include <bit>

#include "vta/base/requantize.h"
#include "vta/import/tflite/rules.h"

namespace vta::import {
namespace {

using graph::kNoValue;
using graph::ValueId;
using Ints = std::vector<int64_t>;
using Attributes = OperatorImporter::Attributes;

Attributes window_attributes(OperatorImporter& node) {
  const TfliteOptions& options = node.options();
  return {{"kernel_shape", Ints{options.filter_h, options.filter_w}},
          {"strides", Ints{options.stride_h, options.stride_w}},
          {"pads",
           tflite_pads(options, node.shape(node.input(0)), options.filter_h, options.filter_w)}};
}

void require_same_meaning(const OperatorImporter& node) {
  const TfliteAffine x = node.input_affine(0), y = node.output_affine();
  require(x.scale == y.scale && x.zero_point == y.zero_point,
          "its input and output differ in scale or zero point");
}

// The mean of the integers as they are in the file, which for uint8 are 128 more than here; halves
// go away from zero.
void import_average_pool(OperatorImporter& node) {
  Attributes attributes = window_attributes(node);
  if (!node.is_quantised()) {
    return node.set_output(node.activated(node.emit("average_pool", {node.input(0)}, attributes)));
  }
  require_same_meaning(node);
  const int64_t origin = node.output_tensor().dtype == DType::kUInt8 ? -128 : 0;
  attributes.merge(node.requantize_attributes());
  attributes["x_zero_point"] = origin;
  attributes["zero_point"] = origin;
  attributes["scale"] = 1.0;
  attributes["exact_quotient"] = int64_t{1};
  node.set_output(node.emit("qaverage_pool", {node.input(0)}, attributes));
}

void import_max_pool(OperatorImporter& node) {
  const Attributes window = window_attributes(node);
  if (!node.is_quantised()) {
    return node.set_output(node.activated(node.emit("max_pool", {node.input(0)}, window)));
  }
  require_same_meaning(node);
  const ValueId largest = node.emit("qmax_pool", {node.input(0)}, window);
  if (node.options().activation == TfliteActivation::kNone) return node.set_output(largest);
  Attributes clip = node.requantize_attributes();
  const QuantizedMultiplier one = quantize_multiplier(1.0);
  clip["x_zero_point"] = clip["zero_point"];
  clip["factor"] = int64_t{one.factor};
  clip["shift"] = int64_t{one.shift};
  node.set_output(node.emit("qrescale", {largest}, clip));
}

// As TFLite's QuantizedMeanOrSum: the factor of the scales, divided by the number of elements that
// a mean is over, is kept to 31 bits by cutting off. A depthwise convolution by ones has that form.
ValueId quantised_mean(OperatorImporter& node, const Ints& axes) {
  const ValueId x = node.input(0);
  const Shape shape = node.shape(x);
  require(shape.size() == 4 && axes == Ints{2, 3},
          "a quantised mean is supported over the height and width of 4 dimensions");
  const int64_t channels = shape[1], count = shape[2] * shape[3];
  require(count >= 1 && count * channels < 1 << 26,
          "a mean over {} elements of {} channels is not supported", count, channels);
  const TfliteAffine from = node.input_affine(0), to = node.output_affine();
  const QuantizedMultiplier scales = quantize_multiplier(from.scale / to.scale);
  const int places =
      std::min(63 - std::countl_zero(static_cast<uint64_t>(count)), 31 + scales.shift);
  Tensor ones(DType::kInt8, {channels, 1, shape[2], shape[3]}), bias(DType::kInt32, {channels});
  Tensor factor(DType::kInt32, {channels}), shift(DType::kInt32, {channels});
  std::ranges::fill(ones.as<int8_t>(), int8_t{1});
  std::ranges::fill(factor.as<int32_t>(),
                    static_cast<int32_t>((int64_t{scales.factor} << places) / count));
  std::ranges::fill(shift.as<int32_t>(), scales.shift - places);
  Attributes attributes = node.requantize_attributes();
  attributes["group"] = channels;
  attributes["x_zero_point"] = from.zero_point;
  return node.emit("qconv",
                   {x, node.add_constant("ones", ones), node.add_constant("bias", bias),
                    node.add_constant("factor", factor), node.add_constant("shift", shift)},
                   attributes);
}

void import_mean(OperatorImporter& node) {
  Ints axes = node.constant_integers(1, "axes");
  const auto rank = static_cast<int64_t>(node.input_tensor(0).shape.size());
  static constexpr int64_t kPlace[] = {0, 2, 3, 1};  // of N, H, W, C in the graph
  for (int64_t& axis : axes) {
    require(axis >= -rank && axis < rank, "axis {} is out of range for {} dimensions", axis, rank);
    if (axis < 0) axis += rank;
    if (rank == 4) axis = kPlace[axis];
  }
  std::ranges::sort(axes);
  const ValueId kept = node.is_quantised()
                           ? quantised_mean(node, axes)
                           : node.emit("reduce_mean", {node.input(0)}, {{"axes", axes}});
  node.set_output(node.options().keep_dims ? kept
                                           : node.reshaped(kept, node.output_tensor().shape));
}

void import_resize(OperatorImporter& node, const std::string& mode) {
  const TfliteOptions& options = node.options();
  const bool nearest = mode == "nearest";
  const bool quantised = node.is_quantised();
  if (quantised) require_same_meaning(node);
  require(!options.align_corners || !options.half_pixel_centers,
          "align_corners and half_pixel_centers exclude each other");
  require(!nearest || !options.align_corners,
          "resizing to nearest with align_corners is not supported");
  const Shape sizes = channels_first(node.output_tensor().shape);
  require(sizes.size() == 4, "its output has {} dimensions, must have 4", sizes.size());
  if (quantised && !nearest) {
    require(node.output_tensor().dtype == DType::kInt8,
            "bilinear resizing of unsigned bytes is not supported; of signed ones is");
    return node.set_output(
        node.emit("qresize", {node.input(0)},
                  {{"sizes", Ints{sizes.at(2), sizes.at(3)}},
                   {"align_corners", int64_t{options.align_corners ? 1 : 0}},
                   {"half_pixel_centers", int64_t{options.half_pixel_centers ? 1 : 0}}}));
  }
  const char* coordinates = options.align_corners        ? "align_corners"
                            : options.half_pixel_centers ? "half_pixel"
                                                         : "asymmetric";
  // TFLite rounds the coordinate down, half pixels before they are taken off again.
  const bool shifted = nearest && options.half_pixel_centers;
  node.set_output(node.emit("resize",
                            {node.input(0), kNoValue, kNoValue, node.add_constant("sizes", sizes)},
                            {{"mode", mode},
                             {"coordinate_transformation_mode", coordinates},
                             {"nearest_mode", shifted ? "round_prefer_ceil" : "floor"}}));
}

void import_resize_nearest(OperatorImporter& node) {
  import_resize(node, "nearest");
}
void import_resize_bilinear(OperatorImporter& node) {
  import_resize(node, "linear");
}

}  // namespace

std::span<const TfliteRule> tflite_window_rules() {
  static constexpr TfliteRule kRules[] = {
      {1, "AVERAGE_POOL_2D", import_average_pool},
      {17, "MAX_POOL_2D", import_max_pool},
      {23, "RESIZE_BILINEAR", import_resize_bilinear},
      {40, "MEAN", import_mean},
      {97, "RESIZE_NEAREST_NEIGHBOR", import_resize_nearest},
  };
  return kRules;
}

}  // namespace vta::import
