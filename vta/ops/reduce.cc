// Reductions: vta/graph/ops/reduce.cc. Sums of floats are in their own type, of integers in i64.
#include "vta/graph/ops/reduce.h"

#include <algorithm>

#include "vta/graph/ops/axes.h"
#include "vta/ops/arithmetic.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

using te::Axis;

// A reduction of x over some of its dimensions.
struct Reduced {
  Tensor x;
  std::vector<size_t> dimensions;  // sorted
  std::vector<Axis> axes;          // of each
  bool keeps;                      // a reduced dimension stays, as 1

  // x at output indices `i` and the axes.
  Expr element(const std::vector<Var>& i) const {
    Indices at;
    size_t next = 0, axis = 0;
    for (size_t d = 0; d < x.shape().size(); ++d) {
      const bool is_reduced = std::ranges::binary_search(dimensions, d);
      at.push_back(is_reduced ? Expr(axes[axis++]) : Expr(i[next]));
      if (keeps || !is_reduced) ++next;
    }
    return x.at(at);
  }
  int64_t count() const {
    int64_t n = 1;
    for (const Axis& a : axes) n *= a.extent;
    return n;
  }
};

Reduced reduced(const Operands& operands, std::vector<size_t> dimensions) {
  Reduced r{operands[0], std::move(dimensions), {}, operands.node().int_attr("keepdims") != 0};
  for (const size_t d : r.dimensions) {
    r.axes.push_back(te::reduce_axis(r.x.shape()[d], fmt::format("r{}", d)));
  }
  return r;
}

std::vector<size_t> dimensions_of(const Operands& operands) {
  return graph::reduced_axes(operands.node().ints_attr("axes"), operands[0].shape().size());
}

// The sum, in its own type where x are floats, else in i64, then `finish` applied to it.
template <typename Finish>
std::vector<Tensor> summed(const Operands& operands, const Reduced& r, const Finish& finish) {
  const Type type = r.x.type().is_float() ? r.x.type() : loop::kInt64;
  const Tensor total = te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) { return te::sum(cast(type, r.element(i)), r.axes); },
      operands.stage("sum"));
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) { return cast(r.x.type(), finish(total.at(to_indices(i)))); },
      operands.name())};
}

std::vector<Tensor> reduce_mean(const Operands& operands) {
  const Reduced r = reduced(operands, dimensions_of(operands));
  return summed(operands, r, [&](const Expr& total) {
    const Expr count = number(total.type(), static_cast<double>(r.count()));
    return total.type().is_float() ? total / count : truncated_div(total, count);
  });
}

std::vector<Tensor> reduce_sum(const Operands& operands) {
  const std::vector<size_t> dimensions =
      graph::sum_axes(operands.node(), operands.constant(1), operands[0].shape().size());
  if (dimensions.empty()) {
    return {te::compute_by(
        operands.shape(), [&](const std::vector<Var>& i) { return operands[0].at(to_indices(i)); },
        operands.name())};
  }
  return summed(operands, reduced(operands, dimensions), [](const Expr& total) { return total; });
}

// NaN wins, though the maximum itself does not see it: the sum of all NaNs is one, of none is 0.
std::vector<Tensor> reduce_max(const Operands& operands) {
  const Reduced r = reduced(operands, dimensions_of(operands));
  const bool has_nan = r.x.type().is_float();
  const Tensor largest = te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) { return te::max_over(r.element(i), r.axes); },
      has_nan ? operands.stage("max") : operands.name());
  if (!has_nan) return {largest};
  const Tensor nans = te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Expr x = r.element(i);
        return te::sum(select(is_nan(x), x, number(x.type(), 0)), r.axes);
      },
      operands.stage("nan"));
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Indices at = to_indices(i);
        return select(is_nan(nans.at(at)), nans.at(at), largest.at(at));
      },
      operands.name())};
}

// The first, or last, index where the maximum stands.
std::vector<Tensor> arg_max(const Operands& operands) {
  const graph::Node& node = operands.node();
  const size_t rank = operands[0].shape().size();
  const Reduced r = reduced(operands, {graph::normalize_axis(node.int_attr("axis"), rank)});
  const Tensor largest = te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) { return te::max_over(r.element(i), r.axes); },
      operands.stage("max"));
  const bool last = node.int_attr("select_last_index") != 0;
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Axis& k = r.axes[0];
        const Expr is_largest = r.element(i) == largest.at(to_indices(i));
        return last ? te::max_over(select(is_largest, k, 0), {k})
                    : te::min_over(select(is_largest, k, k.extent - 1), {k});
      },
      operands.name())};
}

}  // namespace

std::span<const OpExpression> reduce_expressions() {
  static constexpr OpExpression kTable[] = {{"reduce_mean", reduce_mean},
                                            {"reduce_sum", reduce_sum},
                                            {"reduce_max", reduce_max},
                                            {"arg_max", arg_max}};
  return kTable;
}

}  // namespace vta::ops
