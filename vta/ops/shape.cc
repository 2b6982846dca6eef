// Operators that change the shape: vta/graph/ops/shape.cc. All but expand and tile are views.
#include "vta/ops/arithmetic.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

// The same elements in the same order.
std::vector<Tensor> reshape(const Operands& operands) {
  const Tensor& x = operands[0];
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        return x.at(unflatten(x.shape(), flat_index(operands.shape(), to_indices(i))));
      },
      operands.name())};
}

std::vector<Tensor> expand(const Operands& operands) {
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) { return broadcast(operands[0], to_indices(i)); },
      operands.name())};
}

std::vector<Tensor> tile(const Operands& operands) {
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        Indices at = to_indices(i);
        for (size_t d = 0; d < at.size(); ++d) at[d] = at[d] % operands[0].shape()[d];
        return operands[0].at(at);
      },
      operands.name())};
}

}  // namespace

std::span<const OpExpression> shape_expressions() {
  static constexpr OpExpression kTable[] = {
      {"reshape", reshape, true},   {"flatten", reshape, true}, {"squeeze", reshape, true},
      {"unsqueeze", reshape, true}, {"expand", expand},         {"tile", tile},
  };
  return kTable;
}

}  // namespace vta::ops
