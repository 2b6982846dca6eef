// Pools: vta/graph/ops/pool.cc. Averages are in f32.
#include "vta/ops/pool.h"

#include "vta/graph/ops/pool.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

using te::Axis;

// The element of the padded x under `axes` when the window is at output indices `i`.
Expr under(const Tensor& x, const std::vector<Slide>& window, const std::vector<Var>& i,
           const std::vector<Axis>& axes) {
  Indices at = {i[0], i[1]};
  for (size_t d = 0; d < window.size(); ++d) {
    at.push_back(position(window[d], i[2 + d], axes[d]));
  }
  return x.at(at);
}

Shape pooled(const Tensor& x, const std::vector<Slide>& window) {
  Shape shape = {x.shape()[0], x.shape()[1]};
  for (const Slide& s : window) shape.push_back(s.out);
  return shape;
}

template <std::vector<Slide> (*windows)(const Operands&)>
std::vector<Tensor> maximum(const Operands& operands) {
  return {max_pool(operands[0], windows(operands), operands)};
}

std::vector<Tensor> average(const Operands& operands, const std::vector<Slide>& window,
                            bool include_pad) {
  const Type type = operands.element();
  const Tensor sum = window_sum(operands[0], window, type, Expr(), operands, operands.stage("sum"));
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Indices at = to_indices(i);
        return sum.at(at) / cast(type, window_divisor(window, include_pad, at));
      },
      operands.name())};
}

std::vector<Tensor> average_pool(const Operands& operands) {
  return average(operands, pool_slides(operands),
                 operands.node().int_attr("count_include_pad") != 0);
}

std::vector<Tensor> global_average_pool(const Operands& operands) {
  return average(operands, global_slides(operands), false);
}

}  // namespace

std::vector<Slide> pool_slides(const Operands& operands) {
  const Shape& x = operands[0].shape();
  return slides(graph::pool_window(operands.node(), x), x.size() - 2);
}

std::vector<Slide> global_slides(const Operands& operands) {
  const Shape& x = operands[0].shape();
  return slides(graph::global_window(x), x.size() - 2);
}

Tensor max_pool(const Tensor& x, const std::vector<Slide>& window, const Operands& operands) {
  const std::vector<Axis> axes = kernel_axes(window);
  const Expr lowest = te::max_over(x.at(Indices(x.shape().size(), Expr(0))), {}).identity;
  const Tensor around = padded(x, window, lowest, operands.stage("pad"));
  return te::compute_by(
      pooled(x, window),
      [&](const std::vector<Var>& i) { return te::max_over(under(around, window, i, axes), axes); },
      operands.name());
}

Tensor window_sum(const Tensor& x, const std::vector<Slide>& window, Type type, const Expr& zero,
                  const Operands& operands, std::string name) {
  const std::vector<Axis> axes = kernel_axes(window);
  const Expr fill = zero ? cast(x.type(), zero) : number(x.type(), 0);
  const Tensor around = padded(x, window, fill, operands.stage("pad"));
  return te::compute_by(
      pooled(x, window),
      [&](const std::vector<Var>& i) {
        const Expr value = cast(type, under(around, window, i, axes));
        return te::sum(zero ? value - zero : value, axes);
      },
      std::move(name));
}

Expr window_divisor(const std::vector<Slide>& window, bool include_pad, const Indices& at) {
  Expr count = 1;
  for (size_t d = 0; d < window.size(); ++d) {
    const Slide& s = window[d];
    count = count * (include_pad ? covered_with_padding(s, at[2 + d]) : covered(s, at[2 + d]));
  }
  return max(count, 1);
}

std::span<const OpExpression> pool_expressions() {
  static constexpr OpExpression kTable[] = {
      {"max_pool", maximum<pool_slides>},
      {"average_pool", average_pool},
      {"global_max_pool", maximum<global_slides>},
      {"global_average_pool", global_average_pool},
  };
  return kTable;
}

}  // namespace vta::ops
