#include "vta/ops/cpu/contract.h"

#include "vta/loop/rewrite.h"

namespace vta::ops::cpu {

namespace {

using loop::BinaryOp;
using loop::Expr;

const loop::Binary* as(BinaryOp op, const Expr& e) {
  const auto* n = std::get_if<loop::Binary>(&e->kind);
  return n != nullptr && n->op == op && e.type().is_float() ? n : nullptr;
}

Expr contracted(const Expr& e) {
  const loop::Binary* sum = as(BinaryOp::kAdd, e);
  if (sum == nullptr) return e;
  if (const auto* product = as(BinaryOp::kMul, sum->b)) {
    return loop::call("fma", {product->a, product->b, sum->a});
  }
  if (const auto* product = as(BinaryOp::kMul, sum->a)) {
    return loop::call("fma", {product->a, product->b, sum->b});
  }
  return e;
}

}  // namespace

loop::Function contract(const loop::Function& function) {
  loop::Function result = function;
  result.body = rewrite(function.body, {.expr = contracted});
  return result;
}

}  // namespace vta::ops::cpu
