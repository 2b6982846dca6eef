// Operators on one tensor, element by element: vta/graph/ops/unary.cc.
//
// elu and exp are rounded from the C library's f64 functions, so that an f32 result may differ from
// the reference kernel's in its last place.
#include "vta/ops/arithmetic.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

using graph::Node;

// The tensor whose element is f(x, node), x that of the first input.
template <Expr (*f)(const Expr& x, const Node& node)>
std::vector<Tensor> elementwise(const Operands& operands) {
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) { return f(operands[0].at(to_indices(i)), operands.node()); },
      operands.name())};
}

Expr attribute(const Expr& x, const Node& node, const char* key) {
  return number(x.type(), node.float_attr(key));
}
Expr zero(const Expr& x) {
  return number(x.type(), 0);
}
Expr one(const Expr& x) {
  return number(x.type(), 1);
}

Expr abs(const Expr& x, const Node&) {
  return x.type().kind == Type::Kind::kUInt ? x : select(x < zero(x), negated(x), x);
}
Expr neg(const Expr& x, const Node&) {
  return negated(x);
}
Expr relu(const Expr& x, const Node&) {
  return select(x < zero(x), zero(x), x);
}
Expr exponential(const Expr& x, const Node&) {
  return exp(x);
}
Expr logarithm(const Expr& x, const Node&) {
  return log(x);
}
Expr rounded(const Expr& x, const Node&) {
  return round_half_even(x);
}
Expr square_root(const Expr& x, const Node&) {
  return sqrt(x);
}
Expr hyperbolic_tangent(const Expr& x, const Node&) {
  return tanh(x);
}
Expr sigmoid(const Expr& x, const Node&) {
  return one(x) / (one(x) + exp(negated(x)));
}
Expr leaky_relu(const Expr& x, const Node& node) {
  return select(x < zero(x), attribute(x, node, "alpha") * x, x);
}
Expr elu(const Expr& x, const Node& node) {
  const Type wide = {Type::Kind::kFloat, 64};
  const Expr below = cast(x.type(), exp(cast(wide, x)) - number(wide, 1));
  return select(x < zero(x), attribute(x, node, "alpha") * below, x);
}
Expr saturated(const Expr& x) {
  return clamp(x, zero(x), one(x));
}
Expr hard_sigmoid(const Expr& x, const Node& node) {
  return saturated(attribute(x, node, "alpha") * x + attribute(x, node, "beta"));
}
Expr hard_swish(const Expr& x, const Node&) {
  return x * saturated(number(x.type(), 1.0 / 6.0) * x + number(x.type(), 0.5));
}
Expr identity(const Expr& x, const Node&) {
  return x;
}

// Through i64 where a float becomes an integer, as Tensor::cast.
Expr converted(const Expr& x, const Node& node) {
  const Type to = element_type(dtype_from_name(node.string_attr("to")));
  const bool truncates = x.type().is_float() && to.is_integer();
  return cast(to, truncates ? cast(loop::kInt64, x) : x);
}

std::vector<Tensor> clip(const Operands& operands) {
  const auto bound = [&](size_t input) {
    const Tensor& t = operands[input];
    return t.at(Indices(t.shape().size(), Expr(0)));
  };
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        Expr x = operands[0].at(to_indices(i));
        if (operands.has(1)) x = select(x < bound(1), bound(1), x);
        if (operands.has(2)) x = select(bound(2) < x, bound(2), x);
        return x;
      },
      operands.name())};
}

}  // namespace

std::span<const OpExpression> unary_expressions() {
  static constexpr OpExpression kTable[] = {
      {"abs", elementwise<abs>},
      {"neg", elementwise<neg>},
      {"relu", elementwise<relu>},
      {"exp", elementwise<exponential>},
      {"log", elementwise<logarithm>},
      {"round", elementwise<rounded>},
      {"sqrt", elementwise<square_root>},
      {"sigmoid", elementwise<sigmoid>},
      {"tanh", elementwise<hyperbolic_tangent>},
      {"leaky_relu", elementwise<leaky_relu>},
      {"elu", elementwise<elu>},
      {"hard_sigmoid", elementwise<hard_sigmoid>},
      {"hard_swish", elementwise<hard_swish>},
      {"clip", clip},
      {"cast", elementwise<converted>},
      {"identity", elementwise<identity>, true},
  };
  return kTable;
}

}  // namespace vta::ops
