// batch_normalization and softmax: vta/graph/ops/normalize.cc, softmax.cc.
#include "vta/graph/ops/axes.h"
#include "vta/ops/arithmetic.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

std::vector<Tensor> batch_normalization(const Operands& operands) {
  const Tensor &x = operands[0], &scale = operands[1], &bias = operands[2];
  const Tensor &mean = operands[3], &variance = operands[4];
  const Expr epsilon = number(x.type(), operands.node().float_attr("epsilon"));
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Var& c = i[1];
        return (x.at(to_indices(i)) - mean(c)) / sqrt(variance(c) + epsilon) * scale(c) + bias(c);
      },
      operands.name())};
}

std::vector<Tensor> softmax(const Operands& operands) {
  const Tensor& x = operands[0];
  const size_t axis = graph::normalize_axis(operands.node().int_attr("axis"), x.shape().size());
  Shape rows = x.shape();
  rows[axis] = 1;
  const te::Axis k = te::reduce_axis(x.shape()[axis], "k");
  const auto along = [axis](const std::vector<Var>& i, const Expr& index) {
    Indices at = to_indices(i);
    at[axis] = index;
    return at;
  };
  const Tensor largest = te::compute_by(
      rows, [&](const std::vector<Var>& i) { return te::max_over(x.at(along(i, k)), {k}); },
      operands.stage("max"));
  const Tensor power = te::compute_by(
      x.shape(),
      [&](const std::vector<Var>& i) { return exp(x.at(to_indices(i)) - largest.at(along(i, 0))); },
      operands.stage("exp"));
  const Tensor total = te::compute_by(
      rows, [&](const std::vector<Var>& i) { return te::sum(power.at(along(i, k)), {k}); },
      operands.stage("sum"));
  return {te::compute_by(
      x.shape(),
      [&](const std::vector<Var>& i) { return power.at(to_indices(i)) / total.at(along(i, 0)); },
      operands.name())};
}

}  // namespace

std::span<const OpExpression> normalize_expressions() {
  static constexpr OpExpression kTable[] = {{"batch_normalization", batch_normalization},
                                            {"softmax", softmax}};
  return kTable;
}

}  // namespace vta::ops
