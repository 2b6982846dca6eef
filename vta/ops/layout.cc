// Operators that move elements: vta/graph/ops/layout.cc.
//
// An index of gather that is outside is the caller's error, which the reference kernel reports: the
// expression takes the nearest element instead, so that it never reads beyond its input.
#include "vta/graph/ops/layout.h"

#include "vta/graph/ops/axes.h"
#include "vta/ops/arithmetic.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

std::vector<Tensor> transpose(const Operands& operands) {
  const std::vector<int64_t> perm =
      graph::permutation_of(operands.node(), operands[0].shape().size());
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        Indices at(perm.size());
        for (size_t d = 0; d < perm.size(); ++d) at[static_cast<size_t>(perm[d])] = i[d];
        return operands[0].at(at);
      },
      operands.name())};
}

size_t axis_of(const Operands& operands, const Shape& shape) {
  return graph::normalize_axis(operands.node().int_attr("axis"), shape.size());
}

std::vector<Tensor> concat(const Operands& operands) {
  const size_t axis = axis_of(operands, operands.shape());
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        Expr result;
        int64_t end = operands.shape()[axis];
        for (size_t k = operands.size(); k-- > 0;) {  // what comes before goes first
          const Tensor& part = operands[k];
          const int64_t begin = end - part.shape()[axis];
          Indices at = to_indices(i);
          at[axis] = at[axis] - begin;
          result = result ? select(i[axis] < end, part.at(at), result) : part.at(at);
          end = begin;
        }
        return result;
      },
      operands.name())};
}

std::vector<Tensor> split(const Operands& operands) {
  const size_t axis = axis_of(operands, operands[0].shape());
  std::vector<Tensor> parts;
  int64_t begin = 0;
  for (size_t k = 0; k < operands.outputs(); ++k) {
    parts.push_back(te::compute_by(
        operands.shape(k),
        [&](const std::vector<Var>& i) {
          Indices at = to_indices(i);
          at[axis] = at[axis] + begin;
          return operands[0].at(at);
        },
        operands.name(k)));
    begin += operands.shape(k)[axis];
  }
  return parts;
}

std::vector<Tensor> slice(const Operands& operands) {
  const auto ranges =
      graph::slice_ranges(operands[0].shape(), *operands.constant(1), *operands.constant(2),
                          operands.constant(3), operands.constant(4));
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        Indices at = to_indices(i);
        for (size_t d = 0; d < at.size(); ++d) at[d] = at[d] * ranges[d].step + ranges[d].start;
        return operands[0].at(at);
      },
      operands.name())};
}

// The index in a dimension of `size` elements mirrored at its first and last.
Expr mirrored(const Expr& index, int64_t size) {
  if (size == 1) return 0;
  const int64_t period = 2 * (size - 1);
  const Expr phase = index % period;
  return min(phase, period - phase);
}

std::vector<Tensor> pad(const Operands& operands) {
  const Tensor& x = operands[0];
  const std::vector<int64_t> pads = graph::integers(*operands.constant(1), "pads");
  const std::string& mode = operands.node().string_attr("mode");
  const size_t rank = x.shape().size();
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        Indices at = to_indices(i);
        Expr inside = constant(loop::kBool, 1);
        for (size_t d = 0; d < rank; ++d) {
          const int64_t size = x.shape()[d];
          at[d] = at[d] - pads[d];
          if (mode == "reflect") at[d] = mirrored(at[d], size);
          if (mode == "edge") at[d] = clamp(at[d], 0, size - 1);
          if (mode != "constant") continue;
          if (pads[d] > 0) inside = inside && 0 <= at[d];
          if (pads[rank + d] > 0) inside = inside && at[d] < size;
        }
        const Expr fill = operands.has(2)
                              ? operands[2].at(Indices(operands[2].shape().size(), Expr(0)))
                              : number(x.type(), 0);
        return is_constant(inside, 1) ? x.at(at) : select(inside, x.at(at), fill);
      },
      operands.name())};
}

std::vector<Tensor> gather(const Operands& operands) {
  const Tensor &x = operands[0], &indices = operands[1];
  const size_t axis = axis_of(operands, x.shape()), rank = indices.shape().size();
  const int64_t size = x.shape()[axis];
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& variables) {
        const Indices i = to_indices(variables);
        const auto first = i.begin() + static_cast<int64_t>(axis);
        const auto behind = first + static_cast<int64_t>(rank);
        const Expr given = cast(loop::kIndex, indices.at(Indices(first, behind)));
        Indices at(i.begin(), first);
        at.push_back(clamp(select(given < 0, given + size, given), 0, size - 1));
        at.insert(at.end(), behind, i.end());
        return x.at(at);
      },
      operands.name())};
}

std::vector<Tensor> depth_to_space(const Operands& operands) {
  const int64_t block = operands.node().int_attr("blocksize"), channels = operands.shape()[1];
  const bool depth_first = operands.node().string_attr("mode") == "DCR";
  return {te::compute(
      operands.shape(),
      [&](Var n, Var c, Var h, Var w) {
        const Expr in_block = h % block * block + w % block;
        const Expr channel = depth_first ? in_block * channels + c : c * (block * block) + in_block;
        return operands[0](n, channel, h / block, w / block);
      },
      operands.name())};
}

std::vector<Tensor> space_to_depth(const Operands& operands) {
  const int64_t block = operands.node().int_attr("blocksize");
  const int64_t channels = operands[0].shape()[1];
  return {te::compute(
      operands.shape(),
      [&](Var n, Var c, Var h, Var w) {
        const Expr in_block = c / channels;
        return operands[0](n, c % channels, h * block + in_block / block,
                           w * block + in_block % block);
      },
      operands.name())};
}

}  // namespace

std::span<const OpExpression> layout_expressions() {
  static constexpr OpExpression kTable[] = {
      {"transpose", transpose},
      {"concat", concat},
      {"split", split},
      {"slice", slice},
      {"pad", pad},
      {.op = "gather", .express = gather, .limit = "an index outside takes the nearest element"},
      {"depth_to_space", depth_to_space},
      {"space_to_depth", space_to_depth},
  };
  return kTable;
}

}  // namespace vta::ops
