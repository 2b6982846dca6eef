#include "vta/codegen/accel/constraint.h"

#include <algorithm>

namespace vta::codegen::accel {

using loop::Expr;

namespace {

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

// Narrows the loop to where c * var + constant >= 0.
void clamp_loop(OpenLoop& loop, int64_t c, int64_t constant) {
  int64_t first = loop.first, end = loop.first + loop.extent;
  if (c > 0) first = std::max(first, -floor_div(constant, c));
  if (c < 0) end = std::min(end, floor_div(constant, -c) + 1);
  loop.first = first;
  loop.extent = std::max<int64_t>(0, end - first);
}

const Constraint kNever = {Constraint::Kind::kAtLeast, Linear{-1, {}}};

// Whether it holds in all steps or in none.
std::optional<bool> decided(const Constraint& c, OpenLoops open) {
  const auto [low, high] = range_of(c.form, open);
  if (c.kind == Constraint::Kind::kAtLeast) {
    if (low >= 0) return true;
    return high < 0 ? std::optional(false) : std::nullopt;
  }
  if (low == 0 && high == 0) return c.kind == Constraint::Kind::kEqual;
  if (low > 0 || high < 0) return c.kind == Constraint::Kind::kDiffers;
  return std::nullopt;
}

}  // namespace

bool add_constraints(const Expr& e, const Environment& values, OpenLoops open,
                     std::vector<Constraint>& to) {
  if (const auto known = values.linear(e, open); known && known->is_constant()) {
    if (known->constant == 0) to.push_back(kNever);
    return true;
  }
  const auto* n = std::get_if<loop::Binary>(&e->kind);
  if (n == nullptr) return false;
  if (n->op == loop::BinaryOp::kAnd) {
    return add_constraints(n->a, values, open, to) && add_constraints(n->b, values, open, to);
  }
  const auto a = values.linear(n->a, open), b = values.linear(n->b, open);
  if (!a || !b) return false;
  Linear difference = *b;
  difference.add(*a, -1);
  Constraint constraint{Constraint::Kind::kAtLeast, difference};
  switch (n->op) {
    case loop::BinaryOp::kLt:
      --constraint.form.constant;
      break;
    case loop::BinaryOp::kLe:
      break;
    case loop::BinaryOp::kEq:
      constraint.kind = Constraint::Kind::kEqual;
      break;
    case loop::BinaryOp::kNe:
      constraint.kind = Constraint::Kind::kDiffers;
      break;
    default:
      return false;
  }
  if (const auto known = decided(constraint, open)) {
    if (!*known) to.push_back(kNever);
  } else {
    to.push_back(constraint);
  }
  return true;
}

std::optional<size_t> only_loop(const Linear& form) {
  std::optional<size_t> only;
  for (size_t i = 0; i < kMaxOpenLoops; ++i) {
    if (form.coefficients[i] == 0) continue;
    if (only) return std::nullopt;
    only = i;
  }
  return only;
}

std::vector<Constraint> clamp(std::vector<OpenLoop>& loops,
                              const std::vector<Constraint>& constraints) {
  std::vector<Constraint> left;
  for (const Constraint& c : constraints) {
    if (c.form.is_constant()) {
      if (!c.holds(c.form.constant)) loops.push_back({loop::Var("never"), 0, 0});
      continue;
    }
    const auto only = only_loop(c.form);
    if (!only || c.kind == Constraint::Kind::kDiffers) {
      left.push_back(c);
      continue;
    }
    const int64_t k = c.form.coefficients[*only];
    clamp_loop(loops[*only], k, c.form.constant);
    if (c.kind == Constraint::Kind::kEqual) clamp_loop(loops[*only], -k, -c.form.constant);
  }
  return left;
}

}  // namespace vta::codegen::accel
