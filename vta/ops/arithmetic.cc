#include "vta/ops/arithmetic.h"

namespace vta::ops {

Expr truncated_div(const Expr& a, const Expr& b) {
  if (a.type().kind == Type::Kind::kUInt) return a / b;
  const Expr zero = number(a.type(), 0);
  const Expr rounded_down = (a % b != zero) && (binary(loop::BinaryOp::kXor, a, b) < zero);
  return a / b + cast(a.type(), rounded_down);
}

Expr broadcast(const Tensor& tensor, const Indices& indices) {
  const size_t rank = tensor.shape().size(), added = indices.size() - rank;
  Indices own;
  for (size_t d = 0; d < rank; ++d) {
    own.push_back(tensor.shape()[d] == 1 ? Expr(0) : indices[added + d]);
  }
  return tensor.at(std::move(own));
}

Expr flat_index(const Shape& shape, const Indices& indices) {
  Expr position = 0;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) continue;
    position = is_constant(position, 0) ? indices[d] : position * shape[d] + indices[d];
  }
  return position;
}

Indices unflatten(const Shape& shape, const Expr& position) {
  Indices indices(shape.size(), Expr(0));
  int64_t left = element_count(shape), inner = 1;
  for (size_t d = shape.size(); d-- > 0; inner *= shape[d], left /= shape[d]) {
    if (shape[d] == 1) continue;
    const Expr above = inner == 1 ? position : position / inner;
    indices[d] = left == shape[d] ? above : above % shape[d];
  }
  return indices;
}

}  // namespace vta::ops
