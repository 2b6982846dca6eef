// From expressions of the loop IR to LLVM IR, one scalar or all lanes of a vectorised loop at a
// time. No flag of LLVM's that would let it change a float's bits is ever set.
//
// Integers have LLVM's integer type of their width, so that arithmetic wraps there; in memory,
// those narrower than a byte are a byte each, the sign extended.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <cstdint>
#include <string>
#include <unordered_map>

#include "vta/loop/analysis.h"
#include "vta/loop/stmt.h"

namespace vta::codegen {

// A value in each lane: `value` is a vector of them, or a scalar, and then lane l's is
// value + l * stride. A stride other than 0 is only for indices.
struct Lanes {
  llvm::Value* value;
  int64_t stride = 0;
  bool is_vector() const { return value->getType()->isVectorTy(); }
  bool is_uniform() const { return !is_vector() && stride == 0; }
};

class ExprEmitter {
 public:
  explicit ExprEmitter(llvm::IRBuilder<>& builder) : b_(builder) {}

  // What the statements around define.
  std::unordered_map<uint64_t, Lanes> variables;  // by Var::id
  std::unordered_map<const loop::BufferNode*, llvm::Value*> buffers;
  loop::Ranges ranges;          // of the loops
  unsigned lanes = 1;           // of the vectorised loop around
  llvm::Value* mask = nullptr;  // the lanes that run, a vector of i1; all where null

  Lanes emit(const loop::Expr& e);
  void store(const loop::Buffer& buffer, const std::vector<loop::Expr>& indices,
             const loop::Expr& value);

  // The lanes as a vector; the scalar itself where there is one lane.
  llvm::Value* vector(const Lanes& lanes_of_value);
  llvm::Type* type(loop::Type type);         // of a value
  llvm::Type* memory_type(loop::Type type);  // of an element of a buffer
  // Where the element at `indices` lies.
  llvm::Value* address(const loop::Buffer& buffer, const std::vector<loop::Expr>& indices);

 private:
  // Both operands as scalars or both as vectors.
  struct Pair {
    llvm::Value* a;
    llvm::Value* b;
  };
  Pair unify(const Lanes& a, const Lanes& b);

  Lanes emit(const loop::Binary& n);
  Lanes emit(const loop::Select& n);
  Lanes emit_branches(llvm::Value* condition, const loop::Select& n);
  Lanes emit(const loop::Load& n);
  Lanes emit(const loop::Call& n);
  Lanes emit_cast(loop::Type to, const loop::Expr& a);
  // In the order of the indices and strides; the distance from the buffer's begin.
  Lanes offset(const loop::Buffer& buffer, const std::vector<loop::Expr>& indices);
  Lanes add(const Lanes& a, const Lanes& b, bool subtract);
  Lanes multiply(const Lanes& a, const Lanes& b);

  llvm::Value* integer(loop::BinaryOp op, loop::Type type, llvm::Value* a, llvm::Value* b);
  llvm::Value* real(loop::BinaryOp op, llvm::Value* a, llvm::Value* b);
  llvm::Value* divide(const loop::Binary& n, llvm::Value* a, llvm::Value* b);
  llvm::Value* shift(loop::BinaryOp op, loop::Type type, loop::Type amount_type, llvm::Value* a,
                     llvm::Value* amount);
  llvm::Value* library_call(const std::string& name, llvm::Value* x);
  llvm::Value* requantise(llvm::Value* x, llvm::Value* bias, llvm::Value* factor,
                          llvm::Value* word);

  llvm::Type* shaped(llvm::Type* scalar, llvm::Type* like);  // a vector where `like` is one
  llvm::Constant* number(llvm::Type* type, int64_t value);   // in every lane
  llvm::Value* from_memory(loop::Type type, llvm::Value* loaded);
  llvm::Value* to_memory(loop::Type type, llvm::Value* value);
  bool is_inside(const loop::Load& n) const;
  bool may_run_in_vain(const loop::Expr& e) const;

  llvm::IRBuilder<>& b_;
};

}  // namespace vta::codegen
