// Small expressions that several operators need, named as in mathematics.
#pragma once

#include <limits>
#include <vector>

#include "vta/base/tensor.h"
#include "vta/te/tensor.h"

namespace vta::ops {

using loop::call;
using loop::Expr;
using loop::Type;
using loop::Var;
using te::Tensor;
using Indices = std::vector<Expr>;

// `value` as a constant of any type, as Tensor::cast converts it: towards zero for integers,
// whether it is not 0 for truth values, rounded for floats.
inline Expr number(Type type, double value) {
  if (type == loop::kBool) return constant(type, value != 0 ? 1 : 0);
  return type.is_float() ? constant_float(type, value)
                         : constant(type, static_cast<int64_t>(value));
}

inline Expr exp(Expr x) {
  return call("exp", {std::move(x)});
}
inline Expr log(Expr x) {
  return call("log", {std::move(x)});
}
inline Expr sqrt(Expr x) {
  return call("sqrt", {std::move(x)});
}
inline Expr tanh(Expr x) {
  return call("tanh", {std::move(x)});
}
inline Expr floor(Expr x) {
  return call("floor", {std::move(x)});
}
inline Expr round_half_even(Expr x) {
  return call("round", {std::move(x)});
}
inline Expr negated(const Expr& x) {
  return x * number(x.type(), -1);
}
inline Expr ceil(const Expr& x) {
  return negated(floor(negated(x)));
}
inline Expr clamp(Expr x, Expr low, Expr high) {
  return min(max(std::move(x), std::move(low)), std::move(high));
}
inline Expr is_nan(const Expr& x) {
  return x != x;
}

// Division of integers that rounds to zero, as C++ does; rounds up.
Expr truncated_div(const Expr& a, const Expr& b);
inline Expr ceil_div(const Expr& a, int64_t b) {
  return (a + (b - 1)) / b;
}

// The element of `tensor` under `indices` into a shape that it broadcasts to.
Expr broadcast(const Tensor& tensor, const Indices& indices);

inline Indices to_indices(const std::vector<Var>& variables) {
  return {variables.begin(), variables.end()};
}

// Row-major position of an element, and the indices of the element at a position.
Expr flat_index(const Shape& shape, const Indices& indices);
Indices unflatten(const Shape& shape, const Expr& position);

}  // namespace vta::ops
