// Arithmetic, with the loop IR's meaning at every limit.
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/Module.h>

#include "vta/base/error.h"
#include "vta/codegen/llvm/expr_emitter.h"

namespace vta::codegen {

using loop::BinaryOp;
using loop::Type;

Lanes ExprEmitter::add(const Lanes& a, const Lanes& b, bool subtract) {
  if (!a.is_vector() && !b.is_vector()) {
    return {subtract ? b_.CreateSub(a.value, b.value) : b_.CreateAdd(a.value, b.value),
            subtract ? a.stride - b.stride : a.stride + b.stride};
  }
  llvm::Value *x = vector(a), *y = vector(b);
  return {subtract ? b_.CreateSub(x, y) : b_.CreateAdd(x, y)};
}

Lanes ExprEmitter::multiply(const Lanes& a, const Lanes& b) {
  const auto* by_a = llvm::dyn_cast<llvm::ConstantInt>(a.value);
  const auto* by_b = llvm::dyn_cast<llvm::ConstantInt>(b.value);
  if (by_b != nullptr && b.stride == 0 && !a.is_vector()) {
    return {b_.CreateMul(a.value, b.value), a.stride * by_b->getSExtValue()};
  }
  if (by_a != nullptr && a.stride == 0 && !b.is_vector()) return multiply(b, a);
  const auto [x, y] = unify(a, b);
  return {b_.CreateMul(x, y)};
}

Lanes ExprEmitter::emit(const loop::Binary& n) {
  const Type type = n.a.type();
  const Lanes a = emit(n.a), b = emit(n.b);
  if (type == loop::kIndex) {  // what is linear in the lane stays so
    if (n.op == BinaryOp::kAdd || n.op == BinaryOp::kSub) return add(a, b, n.op == BinaryOp::kSub);
    if (n.op == BinaryOp::kMul) return multiply(a, b);
  }
  const auto [x, y] = unify(a, b);
  switch (n.op) {
    case BinaryOp::kFloorDiv:
    case BinaryOp::kFloorMod:
      return {divide(n, x, y)};
    case BinaryOp::kShl:
    case BinaryOp::kShr:
      return {shift(n.op, type, n.b.type(), x, y)};
    default:
      return {type.is_float() ? real(n.op, x, y) : integer(n.op, type, x, y)};
  }
}

llvm::Value* ExprEmitter::integer(BinaryOp op, Type type, llvm::Value* a, llvm::Value* b) {
  const bool is_signed = type.kind == Type::Kind::kInt;
  switch (op) {
    case BinaryOp::kAdd:
      return b_.CreateAdd(a, b);
    case BinaryOp::kSub:
      return b_.CreateSub(a, b);
    case BinaryOp::kMul:
      return b_.CreateMul(a, b);
    case BinaryOp::kMin:
      return b_.CreateBinaryIntrinsic(is_signed ? llvm::Intrinsic::smin : llvm::Intrinsic::umin, a,
                                      b);
    case BinaryOp::kMax:
      return b_.CreateBinaryIntrinsic(is_signed ? llvm::Intrinsic::smax : llvm::Intrinsic::umax, a,
                                      b);
    case BinaryOp::kAnd:
      return b_.CreateAnd(a, b);
    case BinaryOp::kOr:
      return b_.CreateOr(a, b);
    case BinaryOp::kXor:
      return b_.CreateXor(a, b);
    case BinaryOp::kEq:
      return b_.CreateICmpEQ(a, b);
    case BinaryOp::kNe:
      return b_.CreateICmpNE(a, b);
    case BinaryOp::kLt:
      return is_signed ? b_.CreateICmpSLT(a, b) : b_.CreateICmpULT(a, b);
    case BinaryOp::kLe:
      return is_signed ? b_.CreateICmpSLE(a, b) : b_.CreateICmpULE(a, b);
    default:
      fail("'{}' is not for {}", static_cast<int>(op), to_string(type));
  }
}

llvm::Value* ExprEmitter::real(BinaryOp op, llvm::Value* a, llvm::Value* b) {
  switch (op) {
    case BinaryOp::kAdd:
      return b_.CreateFAdd(a, b);
    case BinaryOp::kSub:
      return b_.CreateFSub(a, b);
    case BinaryOp::kMul:
      return b_.CreateFMul(a, b);
    case BinaryOp::kDiv:
      return b_.CreateFDiv(a, b);
    case BinaryOp::kMin:
      return b_.CreateSelect(b_.CreateFCmpOLT(b, a), b, a);
    case BinaryOp::kMax:
      return b_.CreateSelect(b_.CreateFCmpOLT(a, b), b, a);
    case BinaryOp::kEq:
      return b_.CreateFCmpOEQ(a, b);
    case BinaryOp::kNe:
      return b_.CreateFCmpUNE(a, b);
    case BinaryOp::kLt:
      return b_.CreateFCmpOLT(a, b);
    case BinaryOp::kLe:
      return b_.CreateFCmpOLE(a, b);
    default:
      fail("operator {} is not for floats", static_cast<int>(op));
  }
}

// LLVM's division rounds towards zero, and traps on the least value by -1 as by zero.
llvm::Value* ExprEmitter::divide(const loop::Binary& n, llvm::Value* a, llvm::Value* b) {
  const Type type = n.a.type();
  llvm::Type* as = a->getType();
  const bool quotient = n.op == BinaryOp::kFloorDiv;
  const int64_t* by = loop::as_constant(n.b);
  if (by == nullptr && mask != nullptr) {  // for lanes that do not run
    b = b_.CreateSelect(b_.CreateICmpEQ(b, number(as, 0)), number(as, 1), b);
  }
  const auto range = type == loop::kIndex ? bounds(n.a, ranges) : std::nullopt;
  const bool is_unsigned =
      type.kind != Type::Kind::kInt || (by != nullptr && *by > 0 && range && range->low >= 0);
  if (is_unsigned) return quotient ? b_.CreateUDiv(a, b) : b_.CreateURem(a, b);
  if (by != nullptr && *by > 0 && (*by & (*by - 1)) == 0) {
    return quotient ? b_.CreateAShr(a, number(as, __builtin_ctzll(static_cast<uint64_t>(*by))))
                    : b_.CreateAnd(a, number(as, *by - 1));
  }
  llvm::Value* is_minus_one = b_.CreateICmpEQ(b, number(as, -1));
  llvm::Value* divisor = b_.CreateSelect(is_minus_one, number(as, 1), b);
  llvm::Value* rest = b_.CreateSRem(a, divisor);
  llvm::Value* rounds = b_.CreateAnd(b_.CreateICmpNE(rest, number(as, 0)),
                                     b_.CreateICmpSLT(b_.CreateXor(rest, b), number(as, 0)));
  if (!quotient) return b_.CreateAdd(rest, b_.CreateSelect(rounds, b, number(as, 0)));
  llvm::Value* whole = b_.CreateSub(b_.CreateSDiv(a, divisor), b_.CreateZExt(rounds, as));
  return b_.CreateSelect(is_minus_one, b_.CreateNeg(a), whole);
}

llvm::Value* ExprEmitter::shift(BinaryOp op, Type type, Type amount_type, llvm::Value* a,
                                llvm::Value* amount) {
  llvm::Type* as = a->getType();
  const bool is_arithmetic = op == BinaryOp::kShr && type.kind == Type::Kind::kInt;
  const auto bits = static_cast<unsigned>(type.bits);
  // In a type that holds both the amount and the width.
  llvm::Type* wide = shaped(b_.getIntNTy(std::max({8U, bits, unsigned(amount_type.bits)})), as);
  llvm::Value* by = b_.CreateZExt(amount, wide);
  llvm::Value* is_over = b_.CreateICmpUGE(by, number(wide, bits));
  llvm::Value* last = number(wide, bits - 1);
  by = b_.CreateTrunc(b_.CreateSelect(is_over, last, by), as);
  if (is_arithmetic) return b_.CreateAShr(a, by);
  llvm::Value* shifted = op == BinaryOp::kShl ? b_.CreateShl(a, by) : b_.CreateLShr(a, by);
  return b_.CreateSelect(is_over, number(as, 0), shifted);
}

Lanes ExprEmitter::emit(const loop::Call& n) {
  std::vector<Lanes> arguments;
  bool are_uniform = true;
  for (const loop::Expr& e : n.arguments) {
    arguments.push_back(emit(e));
    are_uniform &= arguments.back().is_uniform();
  }
  std::vector<llvm::Value*> a;
  for (const Lanes& l : arguments) a.push_back(are_uniform ? l.value : vector(l));
  if (n.function == "requantise") return {requantise(a[0], a[1], a[2], a[3])};
  if (n.function == "fma") {
    return {b_.CreateIntrinsic(llvm::Intrinsic::fma, {a[0]->getType()}, {a[0], a[1], a[2]})};
  }
  if (n.function == "sqrt") return {b_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, a[0])};
  if (n.function == "floor") return {b_.CreateUnaryIntrinsic(llvm::Intrinsic::floor, a[0])};
  if (n.function == "round") return {b_.CreateUnaryIntrinsic(llvm::Intrinsic::roundeven, a[0])};
  if (are_uniform) return {library_call(n.function, a[0])};
  llvm::Value* result = llvm::PoisonValue::get(a[0]->getType());
  for (unsigned l = 0; l < lanes; ++l) {
    result = b_.CreateInsertElement(result,
                                    library_call(n.function, b_.CreateExtractElement(a[0], l)), l);
  }
  return {result};
}

// In binary64, then rounded to the type, as the interpreter has it.
llvm::Value* ExprEmitter::library_call(const std::string& name, llvm::Value* x) {
  llvm::Type* wide = b_.getDoubleTy();
  llvm::Module& module = *b_.GetInsertBlock()->getModule();
  llvm::FunctionCallee callee = module.getOrInsertFunction(name, wide, wide);
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  function->setDoesNotAccessMemory();
  function->setDoesNotThrow();
  function->setWillReturn();
  return b_.CreateFPCast(b_.CreateCall(callee, {b_.CreateFPCast(x, wide)}), x->getType());
}

// vta/base/requantize.h, on the word of isa::pack_requantise.
llvm::Value* ExprEmitter::requantise(llvm::Value* x, llvm::Value* bias, llvm::Value* factor,
                                     llvm::Value* word) {
  llvm::Type* narrow = x->getType();
  llvm::Type* wide = shaped(b_.getInt64Ty(), narrow);
  const auto of = [&](int64_t value) { return number(narrow, value); };
  const auto binary = [&](llvm::Intrinsic::ID id, llvm::Value* a, llvm::Value* b) {
    return b_.CreateBinaryIntrinsic(id, a, b);
  };
  // Bits [low + width - 1 : low] of the word, the sign extended.
  const auto field = [&](int low, int width) {
    return b_.CreateAShr(b_.CreateShl(word, of(32 - low - width)), of(32 - width));
  };
  llvm::Value* shift = field(0, 6);
  llvm::Value* left = binary(llvm::Intrinsic::smax, shift, of(0));
  llvm::Value* right = b_.CreateSub(left, shift);
  llvm::Value* shifted = b_.CreateShl(b_.CreateAdd(x, bias), left);
  // The rounded high half: (product + 2^30) / 2^31, towards minus infinity, saturated.
  llvm::Value* product = b_.CreateMul(b_.CreateSExt(shifted, wide), b_.CreateSExt(factor, wide));
  llvm::Value* high =
      b_.CreateAShr(b_.CreateAdd(product, number(wide, int64_t{1} << 30)), number(wide, 31));
  high = binary(llvm::Intrinsic::smin, high, number(wide, INT32_MAX));
  // Divided by 2^right, ties away from zero.
  llvm::Value* by = b_.CreateSExt(right, wide);
  llvm::Value* below = b_.CreateSub(b_.CreateShl(number(wide, 1), by), number(wide, 1));
  llvm::Value* threshold =
      b_.CreateAdd(b_.CreateAShr(below, number(wide, 1)),
                   b_.CreateZExt(b_.CreateICmpSLT(high, number(wide, 0)), wide));
  llvm::Value* rounds = b_.CreateICmpSGT(b_.CreateAnd(high, below), threshold);
  llvm::Value* scaled = b_.CreateAdd(b_.CreateAShr(high, by), b_.CreateZExt(rounds, wide));
  llvm::Value* placed = b_.CreateAdd(b_.CreateTrunc(scaled, narrow), field(8, 8));
  llvm::Value* is_wide = b_.CreateICmpNE(b_.CreateAnd(word, of(1 << 7)), of(0));
  llvm::Value* low = field(16, 8);
  llvm::Value* clipped = b_.CreateSelect(b_.CreateICmpSLT(placed, low), low,
                                         binary(llvm::Intrinsic::smin, placed, field(24, 8)));
  return b_.CreateSelect(is_wide, placed, clipped);
}

}  // namespace vta::codegen
