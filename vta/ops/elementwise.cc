// Operators on two or more tensors, element by element, with broadcasting:
// vta/graph/ops/elementwise.cc.
//
// pow has an expression for a base of floats, and for integers where the exponent is a constant
// from 0 to 16. Powers of floats that are no such constant are exp(b * log(a)) in f64.
#include <cmath>

#include "vta/ops/arithmetic.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

constexpr Type kFloat64 = {Type::Kind::kFloat, 64};
constexpr int64_t kLargestConstantExponent = 16;

// The tensor whose element is f of the elements of all inputs, combined from the left.
template <Expr (*f)(const Expr& a, const Expr& b)>
std::vector<Tensor> combined(const Operands& operands) {
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Indices at = to_indices(i);
        Expr result = broadcast(operands[0], at);
        for (size_t k = 1; k < operands.size(); ++k) result = f(result, broadcast(operands[k], at));
        return result;
      },
      operands.name())};
}

Expr add(const Expr& a, const Expr& b) {
  return a + b;
}
Expr sub(const Expr& a, const Expr& b) {
  return a - b;
}
Expr mul(const Expr& a, const Expr& b) {
  return a * b;
}
Expr div(const Expr& a, const Expr& b) {
  return a.type().is_float() ? a / b : truncated_div(a, b);
}
// NaN wins.
Expr maximum(const Expr& a, const Expr& b) {
  if (!a.type().is_float()) return max(a, b);
  return select(is_nan(a), a, select(b <= a, a, b));
}
Expr minimum(const Expr& a, const Expr& b) {
  if (!a.type().is_float()) return min(a, b);
  return select(is_nan(a), a, select(a <= b, a, b));
}
Expr equal_elements(const Expr& a, const Expr& b) {
  return a == b;
}
Expr prelu(const Expr& x, const Expr& slope) {
  return select(x < number(x.type(), 0), slope * x, x);
}

// By repeated multiplication.
Expr whole_power(const Expr& base, int64_t exponent) {
  Expr result = number(base.type(), 1);
  for (int64_t i = 0; i < exponent; ++i) result = i == 0 ? base : result * base;
  return result;
}

// |base|^exponent by exp and log; a negative base needs a whole exponent, whose parity is the sign.
Expr real_power(const Expr& base, const Expr& exponent) {
  const Expr zero = number(kFloat64, 0), one = number(kFloat64, 1), two = number(kFloat64, 2);
  const Expr size = select(base < zero, negated(base), base);
  const Expr power = select(exponent == zero || base == one, one, exp(exponent * log(size)));
  const Expr half = exponent / two;
  const Expr with_parity = select(floor(half) == half, power, negated(power));
  const Expr nan = zero / zero;
  const Expr of_negative = select(floor(exponent) == exponent, with_parity, nan);
  return select(base < zero, of_negative, power);
}

// The exponent, where it is one known whole number that is small enough; -1 elsewhere.
int64_t constant_exponent(const Operands& operands) {
  const vta::Tensor* constant = operands.constant(1);
  if (constant == nullptr || constant->size() != 1) return -1;
  const double value = constant->cast(DType::kFloat64).as<double>()[0];
  const bool fits = value >= 0 && value <= kLargestConstantExponent && value == std::floor(value);
  return fits ? static_cast<int64_t>(value) : -1;
}

std::vector<Tensor> pow(const Operands& operands) {
  const Type type = operands.element();
  const int64_t exponent = constant_exponent(operands);
  require(type.is_float() || exponent >= 0,
          "a power of {} needs a constant exponent from 0 to {}: otherwise only powers of floats "
          "have an expression",
          to_string(type), kLargestConstantExponent);
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Expr base = broadcast(operands[0], to_indices(i));
        if (!type.is_float()) return whole_power(base, exponent);
        const Expr wide = cast(kFloat64, base);
        if (exponent >= 0) return cast(type, whole_power(wide, exponent));
        const Expr to = broadcast(operands[1], to_indices(i));
        return cast(type, real_power(wide, cast(kFloat64, to)));
      },
      operands.name())};
}

std::vector<Tensor> where(const Operands& operands) {
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Indices at = to_indices(i);
        return select(broadcast(operands[0], at), broadcast(operands[1], at),
                      broadcast(operands[2], at));
      },
      operands.name())};
}

}  // namespace

std::span<const OpExpression> elementwise_expressions() {
  static constexpr OpExpression kTable[] = {
      {"add", combined<add>},
      {"sub", combined<sub>},
      {"mul", combined<mul>},
      {"div", combined<div>},
      {"max", combined<maximum>},
      {"min", combined<minimum>},
      {"prelu", combined<prelu>},
      {.op = "pow",
       .express = pow,
       .limit = "an integer base needs a constant exponent from 0 to 16"},
      {"equal", combined<equal_elements>},
      {"where", where},
  };
  return kTable;
}

}  // namespace vta::ops
