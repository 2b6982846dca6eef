// Matrix products: vta/graph/ops/gemm.cc. Sums are in f32.
#include "vta/ops/arithmetic.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

using te::Axis;
using te::reduce_axis;
using te::sum;

std::vector<Tensor> gemm(const Operands& operands) {
  const graph::Node& node = operands.node();
  const Tensor &a = operands[0], &b = operands[1];
  const bool a_is_transposed = node.int_attr("transA") != 0;
  const bool b_is_transposed = node.int_attr("transB") != 0;
  const Axis k = reduce_axis(a.shape()[a_is_transposed ? 0 : 1], "k");
  const Tensor product = te::compute(
      operands.shape(),
      [&](Var i, Var j) {
        const Expr left = a_is_transposed ? a(k, i) : a(i, k);
        return sum(left * (b_is_transposed ? b(j, k) : b(k, j)), {k});
      },
      operands.stage("product"));
  return {te::compute(
      operands.shape(),
      [&](Var i, Var j) {
        Expr y = product(i, j);
        const double alpha = node.float_attr("alpha"), beta = node.float_attr("beta");
        if (alpha != 1) y = y * number(y.type(), alpha);
        if (!operands.has(2)) return y;
        const Expr c = broadcast(operands[2], {i, j});
        return y + (beta == 1 ? c : c * number(c.type(), beta));
      },
      operands.name())};
}

// a of rank 1 is a row, b of rank 1 a column; the dimension so added is not in the result.
std::vector<Tensor> matmul(const Operands& operands) {
  const Tensor &a = operands[0], &b = operands[1];
  const bool a_is_row = a.shape().size() == 1, b_is_column = b.shape().size() == 1;
  const Axis k = reduce_axis(a.shape().back(), "k");
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& variables) {
        Indices batch = to_indices(variables);
        const auto take_last = [&] {
          const Expr last = batch.back();
          batch.pop_back();
          return last;
        };
        const Expr column = b_is_column ? Expr(0) : take_last();
        const Expr row = a_is_row ? Expr(0) : take_last();
        const auto element = [&](const Tensor& t, std::vector<Expr> matrix) {
          Indices at = batch;
          at.insert(at.end(), matrix.begin(), matrix.end());
          return broadcast(t, at);
        };
        return sum((a_is_row ? a(k) : element(a, {row, k})) *
                       (b_is_column ? b(k) : element(b, {k, column})),
                   {k});
      },
      operands.name())};
}

}  // namespace

std::span<const OpExpression> matmul_expressions() {
  static constexpr OpExpression kTable[] = {{"gemm", gemm}, {"matmul", matmul}};
  return kTable;
}

}  // namespace vta::ops
