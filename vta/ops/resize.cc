// resize: vta/graph/ops/resize.cc. Places and interpolation are in f64, in the reference kernel's
// order of operations, so that results are equal bit for bit.
#include "vta/graph/ops/resize.h"

#include <algorithm>

#include "vta/ops/arithmetic.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

using graph::ResizeAxis;

constexpr Type kFloat64 = {Type::Kind::kFloat, 64};

Expr real(double value) {
  return number(kFloat64, value);
}

// The place in x of output element i, in one dimension.
Expr place_of(const ResizeAxis& axis, const Expr& index, const std::string& mode) {
  const Expr i = cast(kFloat64, index), half = real(0.5);
  const Expr half_pixel = (i + half) / real(axis.scale) - half;
  if (mode == "asymmetric") return i / real(axis.scale);
  if (mode == "tf_half_pixel_for_nn") return (i + half) / real(axis.scale);
  if (mode == "pytorch_half_pixel") return axis.out > 1 ? half_pixel : real(0);
  if (mode == "half_pixel_symmetric") {
    const double adjustment = axis.out_size() / (axis.scale * axis.in_size());
    return real(axis.in_size() / 2 * (1 - adjustment)) + half_pixel;
  }
  if (mode == "align_corners") {
    if (axis.out == 1) return real(0);
    return i * real(axis.last()) / real(axis.scale * axis.in_size() - 1);
  }
  if (mode == "tf_crop_and_resize") {
    if (axis.out == 1) return real(0.5 * (axis.start + axis.end) * axis.last());
    const Expr step = i * real(axis.end - axis.start) / real(axis.out_size() - 1);
    return (real(axis.start) + step) * real(axis.last());
  }
  return half_pixel;
}

Expr rounded(const Expr& place, const std::string& mode) {
  if (mode == "floor") return floor(place);
  if (mode == "ceil") return ceil(place);
  if (mode == "round_prefer_ceil") return floor(place + real(0.5));
  return ceil(place - real(0.5));
}

Expr index_in(const ResizeAxis& axis, const Expr& place) {
  return cast(loop::kIndex, clamp(place, real(0), real(axis.last())));
}

// x in f64 with one dimension interpolated.
Tensor linear_along(const Tensor& x, size_t d, const ResizeAxis& axis, const std::string& mode,
                    std::string name) {
  Shape shape = x.shape();
  shape[d] = axis.out;
  return te::compute_by(
      shape,
      [&](const std::vector<Var>& i) {
        const Expr place = clamp(place_of(axis, i[d], mode), real(0), real(axis.last()));
        const Expr low = index_in(axis, place);
        const Expr weight = place - cast(kFloat64, low);
        const auto at = [&](const Expr& index) {
          Indices indices = to_indices(i);
          indices[d] = index;
          return cast(kFloat64, x.at(indices));
        };
        return at(low) * (real(1) - weight) + at(min(low + 1, axis.in - 1)) * weight;
      },
      std::move(name));
}

std::vector<Tensor> resize(const Operands& operands) {
  const graph::Node& node = operands.node();
  const Tensor& x = operands[0];
  const auto axes = graph::resize_axes(node, x.shape(), operands.constant(1), operands.constant(2),
                                       operands.constant(3));
  const std::string& places = node.string_attr("coordinate_transformation_mode");
  const bool linear = node.string_attr("mode") == "linear";
  Tensor source = x;
  for (size_t d = 0; linear && d < axes.size(); ++d) {
    source = linear_along(source, d, axes[d], places, operands.stage(fmt::format("along{}", d)));
  }
  const Expr outside = number(x.type(), node.float_attr("extrapolation_value"));
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        Indices at = to_indices(i);
        Expr inside = constant(loop::kBool, 1);
        for (size_t d = 0; d < axes.size(); ++d) {
          const Expr place = place_of(axes[d], i[d], places);
          inside = inside && real(0) <= place && place <= real(axes[d].last());
          if (!linear) at[d] = index_in(axes[d], rounded(place, node.string_attr("nearest_mode")));
        }
        const Expr y = cast(x.type(), source.at(at));
        return graph::crops_to_region(node) ? select(inside, y, outside) : y;
      },
      operands.name())};
}

}  // namespace

std::span<const OpExpression> resize_expressions() {
  static constexpr OpExpression kTable[] = {{"resize", resize}};
  return kTable;
}

}  // namespace vta::ops
