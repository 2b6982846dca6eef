// Affine forms and value ranges of index expressions.
#include <algorithm>

#include "vta/loop/analysis.h"
#include "vta/loop/arithmetic.h"

namespace vta::loop {

namespace {

// Ranges that would not fit are no ranges.
template <typename Operation>
std::optional<Interval> checked(const Operation& operation, int64_t a, int64_t b, int64_t c,
                                int64_t d) {
  Interval result{};
  if (operation(a, b, &result.low) || operation(c, d, &result.high)) return std::nullopt;
  return result;
}

bool add_overflows(int64_t a, int64_t b, int64_t* sum) {
  return __builtin_add_overflow(a, b, sum);
}
bool sub_overflows(int64_t a, int64_t b, int64_t* difference) {
  return __builtin_sub_overflow(a, b, difference);
}

std::optional<Interval> of_product(const Interval& a, const Interval& b) {
  Interval result{INT64_MAX, INT64_MIN};
  for (const int64_t x : {a.low, a.high}) {
    for (const int64_t y : {b.low, b.high}) {
      int64_t corner = 0;
      if (__builtin_mul_overflow(x, y, &corner)) return std::nullopt;
      result = {std::min(result.low, corner), std::max(result.high, corner)};
    }
  }
  return result;
}

std::optional<Interval> of_division(const Interval& a, const Interval& b) {
  if (b.low != b.high || b.low <= 0) return std::nullopt;
  return Interval{floor_div(a.low, b.low), floor_div(a.high, b.low)};
}

std::optional<Interval> of_remainder(const Interval& a, const Interval& b) {
  if (b.low != b.high || b.low <= 0) return std::nullopt;
  const int64_t c = b.low;
  if (floor_div(a.low, c) != floor_div(a.high, c)) return Interval{0, c - 1};
  const int64_t base = floor_div(a.low, c) * c;
  return Interval{a.low - base, a.high - base};
}

std::optional<Interval> of_binary(BinaryOp op, const Interval& a, const Interval& b) {
  switch (op) {
    case BinaryOp::kAdd:
      return checked(add_overflows, a.low, b.low, a.high, b.high);
    case BinaryOp::kSub:
      return checked(sub_overflows, a.low, b.high, a.high, b.low);
    case BinaryOp::kMul:
      return of_product(a, b);
    case BinaryOp::kFloorDiv:
      return of_division(a, b);
    case BinaryOp::kFloorMod:
      return of_remainder(a, b);
    case BinaryOp::kMin:
      return Interval{std::min(a.low, b.low), std::min(a.high, b.high)};
    case BinaryOp::kMax:
      return Interval{std::max(a.low, b.low), std::max(a.high, b.high)};
    default:
      return std::nullopt;
  }
}

void add_scaled(Affine& to, const Affine& from, int64_t scale) {
  to.constant += scale * from.constant;
  for (const auto& [var, coefficient] : from.coefficients) {
    int64_t& sum = to.coefficients[var];
    sum += scale * coefficient;
    if (sum == 0) to.coefficients.erase(var);
  }
}

std::optional<Affine> affine_of_binary(const Binary& n) {
  const auto a = as_affine(n.a), b = as_affine(n.b);
  if (!a || !b) return std::nullopt;
  Affine result;
  if (n.op == BinaryOp::kAdd || n.op == BinaryOp::kSub) {
    add_scaled(result, *a, 1);
    add_scaled(result, *b, n.op == BinaryOp::kAdd ? 1 : -1);
    return result;
  }
  if (n.op == BinaryOp::kMul && (a->coefficients.empty() || b->coefficients.empty())) {
    const bool scale_first = a->coefficients.empty();
    add_scaled(result, scale_first ? *b : *a, scale_first ? a->constant : b->constant);
    return result;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Affine> as_affine(const Expr& e) {
  return match(
      e,
      [](const IntConstant& n) {
        return std::optional(Affine{n.value, {}});
      },
      [](const Var& n) {
        return std::optional(Affine{0, {{n, 1}}});
      },
      [](const Binary& n) { return affine_of_binary(n); },
      [](const auto&) { return std::optional<Affine>(); });
}

std::optional<Interval> bounds(const Expr& e, const Ranges& ranges) {
  return match(
      e,
      [](const IntConstant& n) {
        return std::optional(Interval{n.value, n.value});
      },
      [&](const Var& n) {
        const auto found = ranges.find(n);
        return found == ranges.end() ? std::nullopt : std::optional(found->second);
      },
      [&](const Binary& n) -> std::optional<Interval> {
        const auto b = bounds(n.b, ranges);
        // A remainder is bounded whatever it is the remainder of.
        if (n.op == BinaryOp::kFloorMod && b && b->low == b->high && b->low > 0) {
          const auto a = bounds(n.a, ranges);
          return a ? of_remainder(*a, *b) : Interval{0, b->low - 1};
        }
        const auto a = bounds(n.a, ranges);
        return a && b ? of_binary(n.op, *a, *b) : std::nullopt;
      },
      [&](const Select& n) -> std::optional<Interval> {
        const auto yes = bounds(n.yes, ranges), no = bounds(n.no, ranges);
        if (!yes || !no) return std::nullopt;
        return Interval{std::min(yes->low, no->low), std::max(yes->high, no->high)};
      },
      [](const auto&) { return std::optional<Interval>(); });
}

}  // namespace vta::loop
