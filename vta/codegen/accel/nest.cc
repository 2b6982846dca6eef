#include "vta/codegen/accel/nest.h"

#include <algorithm>

namespace vta::codegen::accel {

using loop::Expr;

namespace {

bool is_same_region(const loop::Region& a, const loop::Region& b) {
  return a.buffer == b.buffer && a.extent == b.extent &&
         std::ranges::equal(a.begin, b.begin,
                            [](const Expr& x, const Expr& y) { return equal(x, y); });
}

struct Guarded {
  Expr condition;  // empty: always
  const loop::Intrinsic* intrinsic;
};
Guarded guarded(const loop::Stmt& s) {
  const auto* guard = loop::as<loop::If>(s);
  return {guard != nullptr ? guard->condition : Expr(),
          loop::as<loop::Intrinsic>(guard != nullptr ? guard->then : s)};
}

bool is_call(const Guarded& g, std::string_view name) {
  return g.intrinsic != nullptr && g.intrinsic->name == name;
}

// Whether `b` is "not a", where `a` is a conjunction of "index == 0".
bool is_complement(const Expr& a, const Expr& b, const loop::Ranges& known) {
  const auto* x = std::get_if<loop::Binary>(&a->kind);
  const auto* y = std::get_if<loop::Binary>(&b->kind);
  if (x == nullptr || y == nullptr) return false;
  if (y->op == loop::BinaryOp::kEq && loop::is_constant(y->b, 0) && equal(y->a, a)) return true;
  if (x->op == loop::BinaryOp::kAnd) {
    return y->op == loop::BinaryOp::kOr && is_complement(x->a, y->a, known) &&
           is_complement(x->b, y->b, known);
  }
  if (x->op != loop::BinaryOp::kEq || !loop::is_constant(x->b, 0)) return false;
  if (y->op == loop::BinaryOp::kNe) return equal(x->a, y->a) && loop::is_constant(y->b, 0);
  const auto range = bounds(x->a, known);
  return y->op == loop::BinaryOp::kLt && loop::is_constant(y->a, 0) && equal(x->a, y->b) && range &&
         range->low >= 0;
}

// "if c { reset }; sum" or "if c { sum_overwrite }; if not c { sum }", of the same elements, where
// the sum is gemm or depthwise.
bool is_restarted_sum(const loop::Seq& seq, const loop::Ranges& known, Nest& nest) {
  if (seq.statements.size() != 2) return false;
  const Guarded first = guarded(seq.statements[0]), second = guarded(seq.statements[1]);
  if (!first.condition || !(is_call(second, "vta.gemm") || is_call(second, "vta.depthwise"))) {
    return false;
  }
  nest.intrinsic = *second.intrinsic;
  nest.reset_when = first.condition;
  if (is_call(first, "vta.reset")) {
    return !second.condition &&
           is_same_region(first.intrinsic->regions.at(0), second.intrinsic->regions.at(0));
  }
  return is_call(first, second.intrinsic->name + "_overwrite") &&
         static_cast<bool>(second.condition) &&
         is_complement(first.condition, second.condition, known) &&
         std::ranges::equal(first.intrinsic->regions, second.intrinsic->regions, is_same_region);
}

}  // namespace

std::optional<Nest> nest_of(const loop::Stmt& s, loop::Ranges known) {
  Nest nest;
  for (loop::Stmt at = s;;) {
    const auto* n = loop::as<loop::For>(at);
    if (n != nullptr && n->kind != loop::LoopKind::kUnrolled && nest.loops.size() < kMaxOpenLoops) {
      nest.loops.push_back(*n);
      known[n->var] = {0, n->extent - 1};
      at = n->body;
    } else if (const auto* condition = loop::as<loop::If>(at)) {
      nest.conditions.push_back(condition->condition);
      at = condition->then;
    } else if (const auto* intrinsic = loop::as<loop::Intrinsic>(at)) {
      nest.intrinsic = *intrinsic;
      return nest;
    } else {
      const auto* seq = loop::as<loop::Seq>(at);
      return seq && is_restarted_sum(*seq, known, nest) ? std::optional(nest) : std::nullopt;
    }
  }
}

}  // namespace vta::codegen::accel
