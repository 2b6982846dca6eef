#include "vta/codegen/accel/environment.h"

#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/interpret.h"
#include "vta/loop/text.h"

namespace vta::codegen::accel {

using loop::BinaryOp;
using loop::Expr;

namespace {

int64_t apply(BinaryOp op, loop::Type type, int64_t a, int64_t b) {
  return loop::apply(op, type, {.integer = a}, {.integer = b}).integer;
}

// a // b, where every term divides or the range has one quotient.
std::optional<Linear> quotient(const Linear& a, int64_t b, OpenLoops open) {
  Linear result;
  bool divides = true;
  for (size_t i = 0; i < open.size(); ++i) {
    divides &= a.coefficients[i] % b == 0;
    result.coefficients[i] = a.coefficients[i] / b;
  }
  const auto floor_div = [b](int64_t x) { return apply(BinaryOp::kFloorDiv, loop::kIndex, x, b); };
  result.constant = floor_div(a.constant);
  if (divides) return result;
  const auto [low, high] = range_of(a, open);
  if (floor_div(low) != floor_div(high)) return std::nullopt;
  return Linear{floor_div(low), {}};
}

}  // namespace

Linear& Linear::add(const Linear& other, int64_t scale) {
  constant += scale * other.constant;
  for (size_t i = 0; i < coefficients.size(); ++i) coefficients[i] += scale * other.coefficients[i];
  return *this;
}

loop::Interval range_of(const Linear& form, OpenLoops open) {
  int64_t low = form.constant, high = form.constant;
  for (size_t i = 0; i < open.size(); ++i) {
    const int64_t c = form.coefficients[i];
    const int64_t first = c * open[i].first, last = first + c * (open[i].extent - 1);
    low += std::min(first, last);
    high += std::max(first, last);
  }
  return {low, high};
}

int64_t Environment::value(const Expr& e) const {
  const std::optional<Linear> form = linear(e, {});
  require(form.has_value(), "the accelerator cannot compute {} for its own control",
          loop::to_string(e));
  return form->constant;
}

std::optional<Linear> Environment::linear(const Expr& e, OpenLoops open) const {
  return loop::match(
      e,
      [](const loop::IntConstant& n) {
        return std::optional(Linear{n.value, {}});
      },
      [&](const loop::Var& n) -> std::optional<Linear> {
        for (size_t i = 0; i < open.size(); ++i) {
          if (!(open[i].var == n)) continue;
          Linear form;
          form.coefficients[i] = 1;
          return form;
        }
        const auto found = values_.find(n.id());
        if (found == values_.end()) return std::nullopt;
        return Linear{found->second, {}};
      },
      [&](const loop::Binary& n) { return linear(n, open); },
      [&](const loop::Select& n) -> std::optional<Linear> {
        const auto condition = linear(n.condition, open);
        if (!condition || !condition->is_constant()) return std::nullopt;
        return linear(condition->constant != 0 ? n.yes : n.no, open);
      },
      [&](const loop::Cast& n) -> std::optional<Linear> {
        auto a = linear(n.a, open);
        if (!a || !a->is_constant() || !n.a.type().is_integer()) return std::nullopt;
        a->constant = loop::convert(e.type(), n.a.type(), {.integer = a->constant}).integer;
        return a;
      },
      [](const auto&) { return std::optional<Linear>(); });
}

std::optional<Linear> Environment::linear(const loop::Binary& n, OpenLoops open) const {
  auto a = linear(n.a, open);
  if (!a) return std::nullopt;
  const auto b = linear(n.b, open);
  if (!b) return std::nullopt;
  if (a->is_constant() && b->is_constant()) {
    return Linear{apply(n.op, n.a.type(), a->constant, b->constant), {}};
  }
  if (n.op == BinaryOp::kAdd) return a->add(*b, 1);
  if (n.op == BinaryOp::kSub) return a->add(*b, -1);
  if (n.op == BinaryOp::kMul && (a->is_constant() || b->is_constant())) {
    return a->is_constant() ? Linear().add(*b, a->constant) : Linear().add(*a, b->constant);
  }
  if (!b->is_constant() || b->constant <= 0) return std::nullopt;
  if (n.op == BinaryOp::kFloorDiv) return quotient(*a, b->constant, open);
  if (n.op == BinaryOp::kFloorMod) {
    const auto whole = quotient(*a, b->constant, open);
    return whole ? std::optional(a->add(*whole, -b->constant)) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace vta::codegen::accel
