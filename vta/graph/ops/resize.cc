// resize(x, [roi], [scales], [sizes]): exactly one of scales (f32) and sizes (i64), one element for
// each dimension of x; all three must be constants.
//
// mode "nearest" (any element type) or "linear" (numeric types; separable; the edge continues).
// coordinate_transformation_mode maps the place i of an output element to a place in x, where `out`
// is in * scale, not rounded:
//   half_pixel           (i + 0.5) / scale - 0.5
//   half_pixel_symmetric the same about the centre of x, when the rounded size is not in * scale
//   pytorch_half_pixel   half_pixel, or 0 when the output has one element
//   tf_half_pixel_for_nn (i + 0.5) / scale
//   align_corners        i * (in - 1) / (out - 1)
//   asymmetric           i / scale
//   tf_crop_and_resize   from roi = [starts…, ends…] in units of in - 1; extrapolation_value
//   outside
// nearest_mode: round_prefer_floor, round_prefer_ceil, floor, ceil.
#include "vta/graph/ops/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "vta/graph/ops/axes.h"
#include "vta/graph/ops/element_types.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/movement.h"

namespace vta::graph {
namespace {

using Coordinate = double (*)(const ResizeAxis& axis, double i);

double half_pixel(const ResizeAxis& axis, double i) {
  return (i + 0.5) / axis.scale - 0.5;
}
double half_pixel_symmetric(const ResizeAxis& axis, double i) {
  const double adjustment = axis.out_size() / (axis.scale * axis.in_size());
  return axis.in_size() / 2 * (1 - adjustment) + half_pixel(axis, i);
}
double pytorch_half_pixel(const ResizeAxis& axis, double i) {
  return axis.out > 1 ? half_pixel(axis, i) : 0;
}
double tf_half_pixel_for_nn(const ResizeAxis& axis, double i) {
  return (i + 0.5) / axis.scale;
}
double align_corners(const ResizeAxis& axis, double i) {
  return axis.out > 1 ? i * axis.last() / (axis.scale * axis.in_size() - 1) : 0;
}
double asymmetric(const ResizeAxis& axis, double i) {
  return i / axis.scale;
}
double tf_crop_and_resize(const ResizeAxis& axis, double i) {
  if (axis.out == 1) return 0.5 * (axis.start + axis.end) * axis.last();
  return (axis.start + i * (axis.end - axis.start) / (axis.out_size() - 1)) * axis.last();
}

double round_prefer_floor(double x) {
  return std::ceil(x - 0.5);
}
double round_prefer_ceil(double x) {
  return std::floor(x + 0.5);
}
double round_down(double x) {
  return std::floor(x);
}
double round_up(double x) {
  return std::ceil(x);
}

template <typename Function>
struct Named {
  std::string_view name;
  Function function;
};
constexpr std::array kCoordinates = {
    Named<Coordinate>{"half_pixel", half_pixel},
    Named<Coordinate>{"half_pixel_symmetric", half_pixel_symmetric},
    Named<Coordinate>{"pytorch_half_pixel", pytorch_half_pixel},
    Named<Coordinate>{"tf_half_pixel_for_nn", tf_half_pixel_for_nn},
    Named<Coordinate>{"align_corners", align_corners},
    Named<Coordinate>{"asymmetric", asymmetric},
    Named<Coordinate>{"tf_crop_and_resize", tf_crop_and_resize},
};
constexpr std::array kRoundings = {
    Named<double (*)(double)>{"round_prefer_floor", round_prefer_floor},
    Named<double (*)(double)>{"round_prefer_ceil", round_prefer_ceil},
    Named<double (*)(double)>{"floor", round_down},
    Named<double (*)(double)>{"ceil", round_up},
};

template <typename Table>
auto choose(const Table& table, const Node& node, const char* attribute) {
  const std::string& name = node.string_attr(attribute);
  std::vector<std::string_view> names;
  for (const auto& entry : table) {
    if (entry.name == name) return entry.function;
    names.push_back(entry.name);
  }
  fail("{} '{}' is not supported; {} are", attribute, name, fmt::join(names, ", "));
}

// One value for each dimension, of an f32 or f64 tensor.
std::vector<double> reals(const Tensor& tensor, size_t count, std::string_view name) {
  require_float(tensor.dtype(), name);
  require(tensor.rank() == 1 && tensor.size() == static_cast<int64_t>(count),
          "{} must have {} elements, got shape {}", name, count, to_string(tensor.shape()));
  const Tensor wide = tensor.cast(DType::kFloat64);
  const auto values = wide.as<double>();
  return {values.begin(), values.end()};
}

void set_scales(std::vector<ResizeAxis>& axes, const Tensor& scales) {
  const std::vector<double> values = reals(scales, axes.size(), "scales");
  for (size_t i = 0; i < axes.size(); ++i) {
    ResizeAxis& axis = axes[i];
    axis.scale = values[i];
    const float out = static_cast<float>(axis.in) * static_cast<float>(axis.end - axis.start) *
                      static_cast<float>(axis.scale);  // in f32, so that 10 * 0.7 is 7
    require(axis.scale > 0 && out < 0x1p40F, "scale {} is not positive, or gives more than 2^40",
            axis.scale);
    axis.out = static_cast<int64_t>(std::floor(std::max(out, 0.0F)));
  }
}

void set_sizes(std::vector<ResizeAxis>& axes, const Tensor& sizes) {
  const std::vector<int64_t> values = integers(sizes, "sizes");
  require(values.size() == axes.size(), "sizes has {} elements, x {} dimensions", values.size(),
          axes.size());
  for (size_t i = 0; i < axes.size(); ++i) {
    require(values[i] > 0, "size {} must be positive", values[i]);
    axes[i].out = values[i];
    axes[i].scale = axes[i].out_size() / axes[i].in_size();
  }
}

std::vector<TensorType> infer_resize(const Node& node, std::span<const InferInput> inputs, size_t) {
  static constexpr const char* kNames[] = {"x", "roi", "scales", "sizes"};
  const std::string& mode = node.string_attr("mode");
  require(mode == "nearest" || mode == "linear",
          "mode '{}' is not supported; nearest and linear are", mode);
  if (mode == "linear") require_number(inputs[0].type.dtype, "x");
  choose(kCoordinates, node, "coordinate_transformation_mode");
  choose(kRoundings, node, "nearest_mode");
  const Tensor* values[4] = {};
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i].present) values[i] = &constant_value(inputs[i], kNames[i]);
  }
  TensorType result = inputs[0].type;
  const auto axes = resize_axes(node, result.shape, values[1], values[2], values[3]);
  for (size_t i = 0; i < axes.size(); ++i) result.shape[i] = axes[i].out;
  return {result};
}

// x (f64) with one dimension interpolated.
Tensor linear_along(const Tensor& x, size_t d, const ResizeAxis& axis, Coordinate coordinate) {
  Shape shape = x.shape();
  shape[d] = axis.out;
  Tensor result(DType::kFloat64, shape);
  const std::vector<int64_t> steps = row_major_strides(x.shape());
  const int64_t inner = steps[d];
  const int64_t outer = x.size() / (inner * axis.in);
  const double* from = x.as<double>().data();
  double* to = result.as<double>().data();
  for (int64_t o = 0; o < outer; ++o, from += axis.in * inner) {
    for (int64_t i = 0; i < axis.out; ++i, to += inner) {
      const double place = std::clamp(coordinate(axis, static_cast<double>(i)), 0.0, axis.last());
      const auto low = static_cast<int64_t>(place);
      const int64_t high = std::min(low + 1, axis.in - 1);
      const double weight = place - static_cast<double>(low);
      for (int64_t j = 0; j < inner; ++j) {
        to[j] = from[low * inner + j] * (1 - weight) + from[high * inner + j] * weight;
      }
    }
  }
  return result;
}

std::vector<Tensor> run_resize(const Node& node, std::span<const Tensor* const> inputs,
                               std::span<const TensorType> outputs) {
  const Tensor& x = *inputs[0];
  const auto axes = resize_axes(node, x.shape(), tensor_at(inputs, 1), tensor_at(inputs, 2),
                                tensor_at(inputs, 3));
  const bool linear = node.string_attr("mode") == "linear";
  const double outside[] = {node.float_attr("extrapolation_value")};
  const Tensor fill = Tensor::of<double>({1}, outside).cast(x.dtype());

  Tensor source = x;
  if (linear) {
    const Coordinate coordinate = choose(kCoordinates, node, "coordinate_transformation_mode");
    source = x.cast(DType::kFloat64);
    for (size_t d = 0; d < axes.size(); ++d) {
      source = linear_along(source, d, axes[d], coordinate);
    }
    source = source.cast(x.dtype());
  }
  std::vector<std::vector<int64_t>> places;
  for (const ResizeAxis& axis : axes) places.push_back(resize_places(node, axis));
  const auto place_of = [&](size_t d, int64_t i) { return places[d][static_cast<size_t>(i)]; };
  return {indexed(source, outputs[0].shape, place_of, &fill)};
}

}  // namespace

bool crops_to_region(const Node& node) {
  return node.string_attr("coordinate_transformation_mode") == "tf_crop_and_resize";
}

std::vector<int64_t> resize_places(const Node& node, const ResizeAxis& axis) {
  const Coordinate coordinate = choose(kCoordinates, node, "coordinate_transformation_mode");
  const auto rounding = choose(kRoundings, node, "nearest_mode");
  const bool linear = node.string_attr("mode") == "linear";
  std::vector<int64_t> places;
  for (int64_t i = 0; i < axis.out; ++i) {
    const double place = coordinate(axis, static_cast<double>(i));
    if (crops_to_region(node) && (place < 0 || place > axis.last())) {
      places.push_back(kFill);
    } else {
      places.push_back(
          linear ? i : static_cast<int64_t>(std::clamp(rounding(place), 0.0, axis.last())));
    }
  }
  return places;
}

std::vector<ResizeAxis> resize_axes(const Node& node, const Shape& shape, const Tensor* roi,
                                    const Tensor* scales, const Tensor* sizes) {
  require((scales == nullptr) != (sizes == nullptr), "takes either scales or sizes");
  std::vector<ResizeAxis> axes;
  for (const int64_t dim : shape) {
    require(dim > 0, "x of shape {} is empty", to_string(shape));
    axes.push_back({.in = dim, .out = dim});
  }
  if (crops_to_region(node)) {
    require(roi != nullptr, "tf_crop_and_resize needs roi");
    const std::vector<double> region = reals(*roi, 2 * axes.size(), "roi");
    for (size_t i = 0; i < axes.size(); ++i) {
      axes[i].start = region[i];
      axes[i].end = region[axes.size() + i];
      require(std::isfinite(axes[i].start) && std::isfinite(axes[i].end), "roi is not finite");
    }
  }
  if (scales != nullptr) set_scales(axes, *scales);
  if (sizes != nullptr) set_sizes(axes, *sizes);
  return axes;
}

std::span<const OpDef> resize_ops() {
  static const OpDef kOps[] = {
      {.name = "resize",
       .max_inputs = 4,
       .attributes = {{"mode", AttributeKind::kString, "nearest"},
                      {"coordinate_transformation_mode", AttributeKind::kString, "half_pixel"},
                      {"nearest_mode", AttributeKind::kString, "round_prefer_floor"},
                      {"extrapolation_value", AttributeKind::kFloat}},
       .infer = infer_resize,
       .run = run_resize},
  };
  return kOps;
}

}  // namespace vta::graph
