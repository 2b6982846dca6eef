#include "vta/loop/bytecode.h"

#include <unordered_map>

#include "vta/base/error.h"
#include "vta/loop/analysis.h"

namespace vta::loop {

namespace {

using Code = Operation::Code;

class Compiler {
 public:
  Bytecode compile(const Function& f) {
    for (const Buffer& b : f.parameters) buffer(b);
    code_.parameters = f.parameters.size();
    for (const Var& v : f.scalars) code_.scalars.push_back(variable(v));
    statement(f.body);
    return std::move(code_);
  }

 private:
  Operation& emit(Operation operation) {
    code_.operations.push_back(operation);
    return code_.operations.back();
  }
  uint32_t here() const { return static_cast<uint32_t>(code_.operations.size()); }
  uint32_t new_register(Value value = {.integer = 0}) {
    code_.registers.push_back(value);
    return static_cast<uint32_t>(code_.registers.size() - 1);
  }
  uint32_t variable(const Var& v) {
    const auto [it, is_new] = variables_.try_emplace(v.id(), 0);
    if (is_new) it->second = new_register();
    return it->second;
  }
  uint32_t buffer(const Buffer& b) {
    const auto [it, is_new] =
        buffers_.try_emplace(b.get(), static_cast<uint32_t>(code_.buffers.size()));
    if (is_new) code_.buffers.push_back(b);
    return it->second;
  }

  // Statements.

  void statement(const Stmt& s) {
    if (s) match(s, [this](const auto& node) { add(node); });
  }

  void add(const For& n) {
    const uint32_t var = variable(n.var);
    emit({.code = Code::kBegin, .dst = var});
    const uint32_t body = here();
    statement(n.body);
    emit({.code = Code::kNext, .dst = var, .target = body, .immediate = n.extent});
  }
  void add(const Store& n) {
    const uint32_t value = expr(n.value);
    const uint32_t first = indices(n.indices);
    emit({.code = Code::kStore, .a = value, .buffer = buffer(n.buffer), .first = first});
  }
  void add(const If& n) {
    const uint32_t skip = jump_if_zero(n.condition);
    statement(n.then);
    land(skip);
  }
  void add(const Seq& n) {
    for (const Stmt& s : n.statements) statement(s);
  }
  void add(const Alloc& n) {
    emit({.code = Code::kAlloc, .buffer = buffer(n.buffer)});
    statement(n.body);
  }
  void add(const Copy& n) {
    const Bytecode::Place to = place(n.to), from = place(n.from);
    code_.copies.push_back({to, from, n.padding});
    emit({.code = Code::kCopy, .first = static_cast<uint32_t>(code_.copies.size() - 1)});
  }
  void add(const Intrinsic& n) {
    Bytecode::Call call{n.name, {}, {}};
    for (const Region& r : n.regions) call.regions.push_back(place(r));
    for (const Expr& e : n.scalars) call.scalars.push_back(expr(e));
    code_.intrinsics.push_back(std::move(call));
    emit({.code = Code::kIntrinsic, .first = static_cast<uint32_t>(code_.intrinsics.size() - 1)});
  }
  void add(const Block& n) {
    std::vector<uint32_t> skips;
    if (n.predicate) skips.push_back(jump_if_zero(n.predicate));
    for (const BlockIter& i : n.iters) {
      const uint32_t var = variable(i.var);
      move(var, index(i.binding));
      code_.iters.push_back({n.name, i.var.name(), i.extent});
      emit({.code = Code::kCheckIter,
            .dst = var,
            .first = static_cast<uint32_t>(code_.iters.size() - 1),
            .immediate = i.extent});
    }
    if (n.init) {
      std::vector<uint32_t> later;
      for (const BlockIter& i : n.iters) {
        if (i.kind == BlockIter::Kind::kReduce) later.push_back(jump_if_zero(i.var == Expr(0)));
      }
      statement(n.init);
      for (const uint32_t jump : later) land(jump);
    }
    statement(n.body);
    for (const uint32_t jump : skips) land(jump);
  }

  uint32_t jump_if_zero(const Expr& condition) {
    const uint32_t a = expr(condition);
    emit({.code = Code::kJumpIfZero, .a = a});
    return here() - 1;
  }
  // Makes the jump lead to what comes next.
  void land(uint32_t jump) { code_.operations[jump].target = here(); }

  void move(uint32_t to, uint32_t from) {
    const auto first = static_cast<uint32_t>(code_.terms.size());
    code_.terms.push_back({from, 1});
    emit({.code = Code::kAffine, .dst = to, .first = first, .count = 1});
  }

  // Expressions: the register that has the value.

  // Several, in the operands from the returned place on.
  uint32_t indices(const std::vector<Expr>& list) {
    std::vector<uint32_t> registers;
    for (const Expr& e : list) registers.push_back(index(e));
    return operands(registers);
  }
  uint32_t operands(const std::vector<uint32_t>& registers) {
    const auto first = static_cast<uint32_t>(code_.operands.size());
    code_.operands.insert(code_.operands.end(), registers.begin(), registers.end());
    return first;
  }
  Bytecode::Place place(const Region& r) { return {buffer(r.buffer), indices(r.begin), r.extent}; }

  uint32_t index(const Expr& e) {
    const auto affine = as_affine(e);
    const bool is_sum = affine && (affine->coefficients.size() > 1 || affine->constant != 0);
    if (!is_sum) return expr(e);
    const auto first = static_cast<uint32_t>(code_.terms.size());
    for (const auto& [var, coefficient] : affine->coefficients) {
      code_.terms.push_back({variable(var), coefficient});
    }
    const uint32_t dst = new_register();
    emit({.code = Code::kAffine,
          .dst = dst,
          .first = first,
          .count = static_cast<uint32_t>(affine->coefficients.size()),
          .immediate = affine->constant});
    return dst;
  }

  uint32_t expr(const Expr& e) {
    return match(e, [&](const auto& node) { return value(e, node); });
  }

  uint32_t value(const Expr&, const IntConstant& n) { return new_register({.integer = n.value}); }
  uint32_t value(const Expr&, const FloatConstant& n) { return new_register({.real = n.value}); }
  uint32_t value(const Expr&, const Var& n) { return variable(n); }
  uint32_t value(const Expr&, const Binary& n) {
    const Type type = n.a.type();
    Operation operation{.code = Code::kBinary, .op = n.op, .type = type};
    if (!type.is_float() && n.op == BinaryOp::kAdd) operation.code = Code::kAdd;
    if (!type.is_float() && n.op == BinaryOp::kSub) operation.code = Code::kSub;
    if (!type.is_float() && n.op == BinaryOp::kMul) operation.code = Code::kMul;
    operation.a = expr(n.a);
    operation.b = expr(n.b);
    operation.dst = new_register();
    return emit(operation).dst;
  }
  uint32_t value(const Expr&, const Select& n) {
    const uint32_t dst = new_register();
    const uint32_t to_no = jump_if_zero(n.condition);
    move(dst, expr(n.yes));
    emit({.code = Code::kJump});
    const uint32_t to_end = here() - 1;
    land(to_no);
    move(dst, expr(n.no));
    land(to_end);
    return dst;
  }
  uint32_t value(const Expr& e, const Cast& n) {
    const uint32_t a = expr(n.a), dst = new_register();
    return emit({.code = Code::kConvert, .type = e.type(), .from = n.a.type(), .dst = dst, .a = a})
        .dst;
  }
  uint32_t value(const Expr&, const Load& n) {
    const uint32_t first = indices(n.indices), dst = new_register();
    return emit({.code = Code::kLoad, .dst = dst, .buffer = buffer(n.buffer), .first = first}).dst;
  }
  uint32_t value(const Expr& e, const Call& n) {
    std::vector<uint32_t> arguments;
    for (const Expr& a : n.arguments) arguments.push_back(expr(a));
    const uint32_t dst = new_register();
    if (n.function == "requantise") {
      return emit({.code = Code::kRequantise, .dst = dst, .first = operands(arguments)}).dst;
    }
    if (n.function == "fma") {
      return emit({.code = Code::kFma, .type = e.type(), .dst = dst, .first = operands(arguments)})
          .dst;
    }
    code_.functions.push_back(n.function);
    const auto function = static_cast<uint32_t>(code_.functions.size() - 1);
    return emit({.code = Code::kFloatCall,
                 .type = e.type(),
                 .dst = dst,
                 .a = arguments[0],
                 .first = function})
        .dst;
  }

  Bytecode code_;
  std::unordered_map<uint64_t, uint32_t> variables_;
  std::unordered_map<const BufferNode*, uint32_t> buffers_;
};

}  // namespace

Bytecode compile(const Function& function) {
  return Compiler().compile(function);
}

}  // namespace vta::loop
