// Statements, loops and the functions around them. A parallel loop's body becomes a function of its
// own, which gets the buffers and variables that it uses as arguments; every buffer is an argument
// that no other overlaps, which is what lets LLVM keep elements in registers.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/codegen/llvm/dot_emitter.h"
#include "vta/codegen/llvm/emit.h"
#include "vta/codegen/llvm/expr_emitter.h"
#include "vta/codegen/llvm/storage.h"
#include "vta/loop/rewrite.h"

namespace vta::codegen {

namespace {

using loop::Buffer;
using loop::Expr;
using loop::For;
using loop::Stmt;
using loop::Var;

constexpr int64_t kMaxStackBytes = 16384;  // of one buffer; larger ones are on the heap
constexpr int64_t kMaxLanes = 64;          // longer vectorised loops run in vectors of that many

// What a statement takes from around it, in the order of first use.
struct Captured {
  std::vector<Buffer> buffers;
  std::vector<Var> variables;
};

template <typename T>
void add_once(std::vector<T>& list, const T& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

Captured used_in(const Stmt& s) {
  Captured all;
  for_each_expr(s, [&](const Expr& e) {
    if (const auto* n = std::get_if<loop::Load>(&e->kind)) add_once(all.buffers, n->buffer);
    if (const Var* v = loop::as_var(e)) add_once(all.variables, *v);
  });
  for_each_stmt(s, [&](const Stmt& part) {
    if (const auto* n = loop::as<loop::Store>(part)) add_once(all.buffers, n->buffer);
    if (const auto* n = loop::as<loop::Intrinsic>(part)) {
      for (const loop::Region& r : n->regions) add_once(all.buffers, r.buffer);
    }
  });
  return all;
}

// Whether the lanes of a loop can run statement by statement, together.
bool is_vectorizable(const For& n) {
  bool is = true;
  for_each_stmt(n.body, [&](const Stmt& s) {
    match(
        s, [&](const loop::Alloc&) { is = false; }, [&](const loop::Intrinsic&) { is = false; },
        [&](const For& inner) { is &= inner.kind != loop::LoopKind::kVectorized; },
        [&](const loop::Store& store) {
          is &= std::ranges::any_of(store.indices,
                                    [&](const Expr& e) { return loop::uses(e, n.var); });
        },
        [](const auto&) {});
  });
  return is;
}

class StmtEmitter {
 public:
  // A new internal function over `leading` indices, then what `captured` says.
  StmtEmitter(llvm::Module& module, const DotInstructions& instructions, const std::string& name,
              unsigned leading, const Captured& captured)
      : module_(module), instructions_(instructions), b_(module.getContext()), expr_(b_) {
    std::vector<llvm::Type*> types(leading, b_.getInt64Ty());
    types.insert(types.end(), captured.buffers.size(), b_.getPtrTy());
    for (const Var& v : captured.variables) types.push_back(expr_.type(v.type()));
    function_ = llvm::Function::Create(llvm::FunctionType::get(b_.getVoidTy(), types, false),
                                       llvm::Function::InternalLinkage, name, module);
    function_->setDoesNotThrow();
    b_.SetInsertPoint(llvm::BasicBlock::Create(b_.getContext(), "entry", function_));
    unsigned next = leading;
    for (const Buffer& buffer : captured.buffers) {
      llvm::AttrBuilder attributes(b_.getContext());
      attributes.addAttribute(llvm::Attribute::NoAlias);
      attributes.addAttribute(llvm::Attribute::NoUndef);
      attributes.addAlignmentAttr(kAlignment);
      attributes.addDereferenceableAttr(static_cast<uint64_t>(storage_bytes(*buffer)));
      function_->addParamAttrs(next, attributes);
      llvm::Argument* argument = function_->getArg(next++);
      argument->setName(buffer->name);
      expr_.buffers[buffer.get()] = argument;
    }
    for (const Var& v : captured.variables) {
      llvm::Argument* argument = function_->getArg(next++);
      argument->setName(v.name());
      expr_.variables[v.id()] = {argument};
    }
  }

  llvm::Function* function() const { return function_; }
  llvm::Function* finish(const Stmt& body) {
    run(body);
    b_.CreateRetVoid();
    return function_;
  }
  // A parallel loop's share: the loop from the first leading argument to the second.
  llvm::Function* finish_range(const For& n, const loop::Ranges& ranges) {
    expr_.ranges = ranges;
    loop_over(function_->getArg(0), function_->getArg(1), 1,
              [&](llvm::Value* i) { iterate(n, {i}); });
    b_.CreateRetVoid();
    return function_;
  }

 private:
  void run(const Stmt& s) {
    if (s) match(s, [this](const auto& node) { execute(node); });
  }

  // One iteration, or as many as there are lanes.
  void iterate(const For& n, Lanes index) {
    expr_.variables[n.var.id()] = index;
    expr_.ranges[n.var] = {0, n.extent - 1};
    run(n.body);
  }

  // At least once: begin < end.
  template <typename Body>
  void loop_over(llvm::Value* begin, llvm::Value* end, int64_t step, const Body& body) {
    llvm::BasicBlock* before = b_.GetInsertBlock();
    llvm::BasicBlock* block = new_block("loop");
    b_.CreateBr(block);
    b_.SetInsertPoint(block);
    llvm::PHINode* index = b_.CreatePHI(b_.getInt64Ty(), 2);
    index->addIncoming(begin, before);
    body(index);
    llvm::Value* next =
        b_.CreateAdd(index, b_.getInt64(static_cast<uint64_t>(step)), "", true, true);
    index->addIncoming(next, b_.GetInsertBlock());
    llvm::BasicBlock* after = new_block("after");
    b_.CreateCondBr(b_.CreateICmpSLT(next, end), block, after);
    b_.SetInsertPoint(after);
  }
  llvm::BasicBlock* new_block(const char* name) {
    return llvm::BasicBlock::Create(b_.getContext(), name, function_);
  }
  llvm::ConstantInt* index(int64_t value) { return b_.getInt64(static_cast<uint64_t>(value)); }

  void execute(const For& n) {
    const bool is_vector = expr_.lanes > 1;
    if (n.kind == loop::LoopKind::kVectorized && !is_vector && is_vectorizable(n)) {
      vectorized(n);
    } else if (n.kind == loop::LoopKind::kParallel && !is_vector) {
      parallel(n);
    } else if (n.kind == loop::LoopKind::kUnrolled) {
      for (int64_t i = 0; i < n.extent; ++i) {
        expr_.variables[n.var.id()] = {index(i)};
        expr_.ranges[n.var] = {i, i};
        run(n.body);
      }
    } else {
      loop_over(index(0), index(n.extent), 1, [&](llvm::Value* i) { iterate(n, {i}); });
    }
  }

  void vectorized(const For& n) {
    const auto vectors = [&](int64_t width, int64_t begin, int64_t end) {
      if (begin == end) return;
      expr_.lanes = static_cast<unsigned>(width);
      const auto body = [&](llvm::Value* i) { iterate(n, {i, width > 1 ? 1 : 0}); };
      if (begin + width == end) {
        body(index(begin));
      } else {
        loop_over(index(begin), index(end), width, body);
      }
      expr_.lanes = 1;
    };
    const int64_t width = std::min(n.extent, kMaxLanes);
    const int64_t whole = n.extent / width * width;
    vectors(width, 0, whole);
    vectors(n.extent - whole, whole, n.extent);
  }

  void parallel(const For& n) {
    Captured captured = used_in(n.body);
    std::erase_if(captured.buffers,
                  [&](const Buffer& b) { return !expr_.buffers.contains(b.get()); });
    std::erase_if(captured.variables,
                  [&](const Var& v) { return v == n.var || !expr_.variables.contains(v.id()); });
    const std::string name = fmt::format("{}.{}", function_->getName().str(), n.var.name());
    llvm::Function* body =
        StmtEmitter(module_, instructions_, name, 2, captured).finish_range(n, expr_.ranges);

    std::vector<llvm::Value*> values;
    for (const Buffer& buffer : captured.buffers) {
      values.push_back(expr_.buffers.at(buffer.get()));
    }
    for (const Var& v : captured.variables) values.push_back(expr_.variables.at(v.id()).value);
    std::vector<llvm::Type*> types;
    for (const llvm::Value* v : values) types.push_back(v->getType());
    auto* closure_type = llvm::StructType::get(b_.getContext(), types);
    llvm::Value* closure = at_entry().CreateAlloca(closure_type);
    for (unsigned i = 0; i < values.size(); ++i) {
      b_.CreateStore(values[i], b_.CreateStructGEP(closure_type, closure, i));
    }
    llvm::FunctionCallee runtime = module_.getOrInsertFunction(
        "vta_parallel_for", b_.getVoidTy(), b_.getInt64Ty(), b_.getPtrTy(), b_.getPtrTy());
    b_.CreateCall(runtime, {index(n.extent), unpacked(body, closure_type), closure});
  }

  // The function of (begin, end, closure) that the runtime calls.
  llvm::Function* unpacked(llvm::Function* body, llvm::StructType* closure_type) {
    llvm::Type *i64 = b_.getInt64Ty(), *ptr = b_.getPtrTy();
    auto* thunk = llvm::Function::Create(
        llvm::FunctionType::get(b_.getVoidTy(), {i64, i64, ptr}, false),
        llvm::Function::InternalLinkage, body->getName() + ".thread", module_);
    thunk->setDoesNotThrow();
    llvm::IRBuilder<> b(llvm::BasicBlock::Create(b_.getContext(), "entry", thunk));
    std::vector<llvm::Value*> arguments = {thunk->getArg(0), thunk->getArg(1)};
    for (unsigned i = 0; i < closure_type->getNumElements(); ++i) {
      arguments.push_back(b.CreateLoad(closure_type->getElementType(i),
                                       b.CreateStructGEP(closure_type, thunk->getArg(2), i)));
    }
    b.CreateCall(body, arguments);
    b.CreateRetVoid();
    return thunk;
  }

  void execute(const loop::Store& n) { expr_.store(n.buffer, n.indices, n.value); }

  void execute(const loop::If& n) {
    const Lanes condition = expr_.emit(n.condition);
    if (const auto* known = llvm::dyn_cast<llvm::ConstantInt>(condition.value)) {
      if (!known->isZero()) run(n.then);
      return;
    }
    if (condition.is_uniform()) {
      llvm::BasicBlock *then = new_block("then"), *after = new_block("after");
      b_.CreateCondBr(condition.value, then, after);
      b_.SetInsertPoint(then);
      run(n.then);
      b_.CreateBr(after);
      b_.SetInsertPoint(after);
      return;
    }
    llvm::Value* around = expr_.mask;
    expr_.mask = around == nullptr ? condition.value : b_.CreateAnd(around, condition.value);
    run(n.then);
    expr_.mask = around;
  }

  void execute(const loop::Seq& n) {
    for (const Stmt& s : n.statements) run(s);
  }

  void execute(const loop::Alloc& n) {
    const int64_t bytes = storage_bytes(*n.buffer);
    llvm::Value*& storage = expr_.buffers[n.buffer.get()];
    if (bytes <= kMaxStackBytes) {
      if (storage == nullptr) {  // an unrolled loop comes here again, and has it free again
        auto* type = llvm::ArrayType::get(b_.getInt8Ty(), static_cast<uint64_t>(bytes));
        llvm::AllocaInst* slot = at_entry().CreateAlloca(type, nullptr, n.buffer->name);
        slot->setAlignment(llvm::Align(kAlignment));
        storage = slot;
      }
      run(n.body);
      return;
    }
    llvm::FunctionCallee allocate =
        module_.getOrInsertFunction("vta_allocate", b_.getPtrTy(), b_.getInt64Ty());
    llvm::CallInst* memory = b_.CreateCall(allocate, {index(bytes)}, n.buffer->name);
    memory->addRetAttr(llvm::Attribute::NoAlias);
    memory->addRetAttr(llvm::Attribute::getWithAlignment(b_.getContext(), llvm::Align(kAlignment)));
    storage = memory;
    run(n.body);
    b_.CreateCall(module_.getOrInsertFunction("vta_release", b_.getVoidTy(), b_.getPtrTy()),
                  {memory});
  }

  void execute(const loop::Intrinsic& n) {
    const std::optional<Dot> dot = find_dot(n.name);
    require(dot.has_value(), "intrinsic {} is left, must have been lowered", n.name);
    const auto begin = [&](size_t i) {
      return expr_.address(n.regions[i].buffer, n.regions[i].begin);
    };
    llvm::Value* acc = begin(0);
    llvm::Type* type = llvm::FixedVectorType::get(b_.getInt32Ty(), dot->lanes);
    const llvm::Align align(4);
    llvm::Value* sums = emit_dot(b_, *dot, instructions_, b_.CreateAlignedLoad(type, acc, align),
                                 begin(1), begin(2));
    b_.CreateAlignedStore(sums, acc, align);
  }
  void execute(const loop::Copy&) { fail("a copy is left, must have been lowered"); }
  void execute(const loop::Block& n) { fail("block {} is left, must have been lowered", n.name); }

  llvm::IRBuilder<> at_entry() {
    llvm::BasicBlock& entry = function_->getEntryBlock();
    return {&entry, entry.begin()};
  }

  llvm::Module& module_;
  const DotInstructions& instructions_;
  llvm::IRBuilder<> b_;
  ExprEmitter expr_;
  llvm::Function* function_;
};

}  // namespace

void emit_function(const loop::Function& f, const DotInstructions& instructions,
                   llvm::Module& module) {
  const Captured parameters{f.parameters, f.scalars};
  llvm::Function* body =
      StmtEmitter(module, instructions, f.name + ".body", 0, parameters).finish(f.body);

  llvm::IRBuilder<> b(module.getContext());
  llvm::Type* ptr = b.getPtrTy();
  auto* entry = llvm::Function::Create(llvm::FunctionType::get(b.getVoidTy(), {ptr, ptr}, false),
                                       llvm::Function::ExternalLinkage, f.name, module);
  entry->setDoesNotThrow();
  b.SetInsertPoint(llvm::BasicBlock::Create(b.getContext(), "entry", entry));
  std::vector<llvm::Value*> arguments;
  for (size_t i = 0; i < f.parameters.size(); ++i) {
    arguments.push_back(b.CreateLoad(ptr, b.CreateConstGEP1_64(ptr, entry->getArg(0), i)));
  }
  for (size_t i = 0; i < f.scalars.size(); ++i) {  // a double or an int64_t
    const loop::Type type = f.scalars[i].type();
    llvm::Type* as = body->getArg(static_cast<unsigned>(arguments.size()))->getType();
    llvm::Type* kept = type.is_float() ? b.getDoubleTy() : b.getInt64Ty();
    llvm::Value* value =
        b.CreateLoad(kept, b.CreateConstGEP1_64(b.getInt64Ty(), entry->getArg(1), i));
    arguments.push_back(type.is_float() ? b.CreateFPCast(value, as)
                                        : b.CreateIntCast(value, as, true));
  }
  b.CreateCall(body, arguments);
  b.CreateRetVoid();
}

}  // namespace vta::codegen
