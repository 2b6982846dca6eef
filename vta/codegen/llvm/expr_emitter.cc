// Values: constants, variables, casts, selection, and the addresses of loads and stores. What
// arithmetic becomes is in expr_arithmetic.cc.
#include "vta/codegen/llvm/expr_emitter.h"

#include "vta/codegen/llvm/storage.h"
#include "vta/loop/rewrite.h"

namespace vta::codegen {

using loop::Expr;
using loop::Type;

llvm::Type* ExprEmitter::type(Type type) {
  if (type.is_float()) return type.bits == 32 ? b_.getFloatTy() : b_.getDoubleTy();
  return b_.getIntNTy(static_cast<unsigned>(type.bits));
}

llvm::Type* ExprEmitter::memory_type(Type type) {
  return type.bits < 8 ? b_.getInt8Ty() : this->type(type);
}

llvm::Type* ExprEmitter::shaped(llvm::Type* scalar, llvm::Type* like) {
  return like->isVectorTy() ? llvm::FixedVectorType::get(scalar, lanes) : scalar;
}

llvm::Constant* ExprEmitter::number(llvm::Type* type, int64_t value) {
  return llvm::ConstantInt::get(type, static_cast<uint64_t>(value), true);
}

llvm::Value* ExprEmitter::vector(const Lanes& l) {
  if (l.is_vector() || lanes == 1) return l.value;
  llvm::Value* all = b_.CreateVectorSplat(lanes, l.value);
  if (l.stride == 0) return all;
  std::vector<llvm::Constant*> steps;
  for (unsigned i = 0; i < lanes; ++i) steps.push_back(number(l.value->getType(), i * l.stride));
  return b_.CreateAdd(all, llvm::ConstantVector::get(steps));
}

ExprEmitter::Pair ExprEmitter::unify(const Lanes& a, const Lanes& b) {
  if (a.is_uniform() && b.is_uniform()) return {a.value, b.value};
  return {vector(a), vector(b)};
}

Lanes ExprEmitter::emit(const Expr& e) {
  return match(
      e, [&](const loop::IntConstant& n) { return Lanes{number(type(e.type()), n.value)}; },
      [&](const loop::FloatConstant& n) {
        return Lanes{llvm::ConstantFP::get(type(e.type()), n.value)};
      },
      [&](const loop::Var& n) { return variables.at(n.id()); },
      [&](const loop::Binary& n) { return emit(n); },
      [&](const loop::Select& n) { return emit(n); },
      [&](const loop::Cast& n) { return emit_cast(e.type(), n.a); },
      [&](const loop::Load& n) { return emit(n); }, [&](const loop::Call& n) { return emit(n); });
}

Lanes ExprEmitter::emit_cast(Type to, const Expr& a) {
  const Type from = a.type();
  const Lanes lanes_of_a = emit(a);
  llvm::Value* x = lanes_of_a.is_uniform() ? lanes_of_a.value : vector(lanes_of_a);
  llvm::Type* as = shaped(type(to), x->getType());
  if (to.is_bool()) {
    llvm::Value* zero = llvm::Constant::getNullValue(x->getType());
    return {from.is_float() ? b_.CreateFCmpUNE(x, zero) : b_.CreateICmpNE(x, zero)};
  }
  const bool is_signed = (from.is_float() ? to : from).kind == Type::Kind::kInt;
  if (to.is_float()) {
    if (from.is_float()) return {b_.CreateFPCast(x, as)};
    return {is_signed ? b_.CreateSIToFP(x, as) : b_.CreateUIToFP(x, as)};
  }
  if (from.is_float()) return {is_signed ? b_.CreateFPToSI(x, as) : b_.CreateFPToUI(x, as)};
  return {b_.CreateIntCast(x, as, is_signed)};
}

// Where no lane must be kept from reading or dividing.
bool ExprEmitter::may_run_in_vain(const Expr& e) const {
  bool may = true;
  for_each_expr(e, [&](const Expr& part) {
    match(
        part, [&](const loop::Load& n) { may &= is_inside(n); },
        [&](const loop::Binary& n) {
          const bool divides =
              n.op == loop::BinaryOp::kFloorDiv || n.op == loop::BinaryOp::kFloorMod;
          may &= !divides || (loop::as_constant(n.b) != nullptr && !is_constant(n.b, 0));
        },
        [&](const loop::Call&) { may = false; },  // costs more than a branch
        [](const auto&) {});
  });
  return may;
}

Lanes ExprEmitter::emit(const loop::Select& n) {
  const Lanes condition = emit(n.condition);
  if (const auto* known = llvm::dyn_cast<llvm::ConstantInt>(condition.value)) {
    return emit(known->isZero() ? n.no : n.yes);
  }
  if (condition.is_uniform() && !(may_run_in_vain(n.yes) && may_run_in_vain(n.no))) {
    return emit_branches(condition.value, n);
  }
  if (condition.is_uniform()) {
    const Lanes yes = emit(n.yes);
    const auto [a, b] = unify(yes, emit(n.no));
    return {b_.CreateSelect(condition.value, a, b)};
  }
  llvm::Value* around = mask;
  mask = around == nullptr ? condition.value : b_.CreateAnd(around, condition.value);
  llvm::Value* yes = vector(emit(n.yes));
  llvm::Value* not_chosen = b_.CreateNot(condition.value);
  mask = around == nullptr ? not_chosen : b_.CreateAnd(around, not_chosen);
  llvm::Value* no = vector(emit(n.no));
  mask = around;
  return {b_.CreateSelect(condition.value, yes, no)};
}

Lanes ExprEmitter::emit_branches(llvm::Value* condition, const loop::Select& n) {
  llvm::Function* function = b_.GetInsertBlock()->getParent();
  const auto block = [&](const char* name) {
    return llvm::BasicBlock::Create(b_.getContext(), name, function);
  };
  llvm::BasicBlock *on_yes = block("yes"), *on_no = block("no"), *join = block("join");
  b_.CreateCondBr(condition, on_yes, on_no);
  b_.SetInsertPoint(on_yes);
  Lanes yes = emit(n.yes);
  llvm::BasicBlock* yes_end = b_.GetInsertBlock();
  b_.SetInsertPoint(on_no);
  Lanes no = emit(n.no);
  llvm::BasicBlock* no_end = b_.GetInsertBlock();
  const bool are_uniform = yes.is_uniform() && no.is_uniform();
  const auto finish = [&](llvm::BasicBlock* end, const Lanes& side) {
    b_.SetInsertPoint(end);
    llvm::Value* value = are_uniform ? side.value : vector(side);
    b_.CreateBr(join);
    return value;
  };
  llvm::Value* yes_value = finish(yes_end, yes);
  llvm::Value* no_value = finish(no_end, no);
  b_.SetInsertPoint(join);
  llvm::PHINode* phi = b_.CreatePHI(yes_value->getType(), 2);
  phi->addIncoming(yes_value, yes_end);
  phi->addIncoming(no_value, no_end);
  return {phi};
}

Lanes ExprEmitter::offset(const loop::Buffer& buffer, const std::vector<Expr>& indices) {
  const std::vector<int64_t> strides = buffer->dense_or_strides();
  Lanes sum{b_.getInt64(0)};
  for (size_t d = 0; d < indices.size(); ++d) {
    sum = add(sum, multiply(emit(indices[d]), {b_.getInt64(static_cast<uint64_t>(strides[d]))}),
              false);
  }
  return sum;
}

llvm::Value* ExprEmitter::address(const loop::Buffer& buffer, const std::vector<Expr>& indices) {
  return b_.CreateGEP(memory_type(buffer->type), buffers.at(buffer.get()),
                      offset(buffer, indices).value);
}

bool ExprEmitter::is_inside(const loop::Load& n) const {
  for (size_t d = 0; d < n.indices.size(); ++d) {
    const auto range = bounds(n.indices[d], ranges);
    if (!range || range->low < 0 || range->high >= n.buffer->shape[d]) return false;
  }
  return true;
}

llvm::Value* ExprEmitter::from_memory(Type type, llvm::Value* loaded) {
  return b_.CreateTrunc(loaded, shaped(this->type(type), loaded->getType()));
}

llvm::Value* ExprEmitter::to_memory(Type type, llvm::Value* value) {
  return b_.CreateIntCast(value, shaped(memory_type(type), value->getType()),
                          type.kind == Type::Kind::kInt);
}

Lanes ExprEmitter::emit(const loop::Load& n) {
  const Type element = n.buffer->type;
  llvm::Type* memory = memory_type(element);
  const llvm::Align align(static_cast<uint64_t>(element_bytes(element)));
  llvm::Value* base = buffers.at(n.buffer.get());
  const Lanes at = offset(n.buffer, n.indices);
  const auto loaded = [&](llvm::Value* value) -> Lanes {
    return {element.is_float() || element.bits >= 8 ? value : from_memory(element, value)};
  };
  llvm::Value* guard = mask == nullptr || is_inside(n) ? nullptr : mask;
  if (at.is_uniform() && guard == nullptr) {
    return loaded(b_.CreateAlignedLoad(memory, b_.CreateGEP(memory, base, at.value), align));
  }
  if (at.is_uniform()) {  // the element that all lanes read, if one runs
    llvm::Value* any = b_.CreateVectorSplat(1, b_.CreateOrReduce(guard));
    llvm::Type* one = llvm::FixedVectorType::get(memory, 1);
    llvm::Value* value = b_.CreateMaskedLoad(one, b_.CreateGEP(memory, base, at.value), align, any,
                                             llvm::Constant::getNullValue(one));
    return loaded(b_.CreateExtractElement(value, uint64_t{0}));
  }
  llvm::Type* all = llvm::FixedVectorType::get(memory, lanes);
  llvm::Value* nothing = llvm::Constant::getNullValue(all);
  if (!at.is_vector() && at.stride == 1) {
    llvm::Value* address = b_.CreateGEP(memory, base, at.value);
    return loaded(guard == nullptr
                      ? static_cast<llvm::Value*>(b_.CreateAlignedLoad(all, address, align))
                      : b_.CreateMaskedLoad(all, address, align, guard, nothing));
  }
  return loaded(
      b_.CreateMaskedGather(all, b_.CreateGEP(memory, base, vector(at)), align, guard, nothing));
}

void ExprEmitter::store(const loop::Buffer& buffer, const std::vector<Expr>& indices,
                        const Expr& value) {
  const Type element = buffer->type;
  llvm::Type* memory = memory_type(element);
  const llvm::Align align(static_cast<uint64_t>(element_bytes(element)));
  llvm::Value* stored = vector(emit(value));
  if (!element.is_float() && element.bits < 8) stored = to_memory(element, stored);
  llvm::Value* base = buffers.at(buffer.get());
  const Lanes at = offset(buffer, indices);
  if (lanes == 1) {
    b_.CreateAlignedStore(stored, b_.CreateGEP(memory, base, at.value), align);
  } else if (!at.is_vector() && at.stride == 1) {
    llvm::Value* address = b_.CreateGEP(memory, base, at.value);
    if (mask == nullptr) {
      b_.CreateAlignedStore(stored, address, align);
    } else {
      b_.CreateMaskedStore(stored, address, align, mask);
    }
  } else {
    b_.CreateMaskedScatter(stored, b_.CreateGEP(memory, base, vector(at)), align, mask);
  }
}

}  // namespace vta::codegen
