// Statements and functions of the loop IR: immutable trees like expressions.
//
// A function is a nest of loops around blocks. A block is one computation: its iteration variables
// range over the computation's domain, and each is bound to an expression of the loops outside, so
// that rewriting the loops changes only bindings, never what the block computes. Inside a block
// only its own variables appear, and those of loops within.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vta/loop/expr.h"

namespace vta::loop {

struct StmtNode;

class Stmt {
 public:
  Stmt() = default;  // no statement
  explicit Stmt(std::shared_ptr<const StmtNode> node) : node_(std::move(node)) {}
  explicit operator bool() const { return node_ != nullptr; }
  const StmtNode& operator*() const { return *node_; }
  const StmtNode* operator->() const { return node_.get(); }
  bool same_as(const Stmt& other) const { return node_ == other.node_; }

 private:
  std::shared_ptr<const StmtNode> node_;
};

// kVirtualThread: iterations are interleaved contexts of the accelerator (the talk's cthread).
enum class LoopKind : uint8_t { kSerial, kParallel, kVectorized, kUnrolled, kVirtualThread };
std::string_view loop_kind_name(LoopKind kind);  // "serial", "parallel", …
LoopKind loop_kind_from_name(std::string_view name);

using Annotations = std::map<std::string, std::string>;

struct For {
  Var var;  // 0, 1, … extent - 1
  int64_t extent;
  LoopKind kind = LoopKind::kSerial;
  Stmt body = {};
  Annotations annotations = {};
};

struct Store {
  Buffer buffer;
  std::vector<Expr> indices;
  Expr value;
};

struct If {
  Expr condition;
  Stmt then;
};

struct Seq {
  std::vector<Stmt> statements;
};

// The buffer's lifetime. Its contents are undefined at first.
struct Alloc {
  Buffer buffer;
  Stmt body;
};

// extent[d] elements from begin[d] on in each dimension of the buffer.
struct Region {
  Buffer buffer;
  std::vector<Expr> begin;
  std::vector<int64_t> extent;
};

// A DMA: to = from, element by element, where extents other than 1 correspond in order. Elements
// of `from` that lie outside its buffer read as `padding`. Elements of `to` that lie outside its
// buffer are left out. Between integers of two types values wrap.
struct Copy {
  Region to, from;
  int64_t padding = 0;  // of the type of `from`; 0 for floats
};

// An intrinsic applied to regions, in the order of its parameters, and scalars.
struct Intrinsic {
  std::string name;
  std::vector<Region> regions;
  std::vector<Expr> scalars = {};
};

struct BlockIter {
  enum class Kind : uint8_t { kSpatial, kReduce };
  Var var;
  int64_t extent;
  Kind kind;
  Expr binding;  // of loops outside
};

struct Block {
  std::string name;  // unique in the function
  std::vector<BlockIter> iters;
  Expr predicate;  // over the loops outside: the block runs where it holds; true where empty
  Stmt init;  // runs before the first step of a reduction: where all kReduce variables are 0; may
              // be empty
  Stmt body;
  Annotations annotations = {};
};

struct StmtNode {
  std::variant<For, Store, If, Seq, Alloc, Copy, Intrinsic, Block> kind;
};

template <typename Kind>
Stmt make_stmt(Kind kind) {
  return Stmt(std::make_shared<const StmtNode>(StmtNode{std::move(kind)}));
}
Stmt make_for(Var var, int64_t extent, Stmt body, LoopKind kind = LoopKind::kSerial);
Stmt make_store(Buffer buffer, std::vector<Expr> indices, Expr value);
// One statement as itself; sequences within are flattened.
Stmt make_seq(std::vector<Stmt> statements);

template <typename... Cases>
decltype(auto) match(const Stmt& s, Cases... cases) {
  return std::visit(Overloaded{cases...}, s->kind);
}
template <typename Kind>
const Kind* as(const Stmt& s) {
  return s ? std::get_if<Kind>(&s->kind) : nullptr;
}

struct Function {
  std::string name;
  std::vector<Buffer> parameters;  // inputs and outputs
  Stmt body;
  std::vector<Var> scalars = {};
};

// What each intrinsic computes: a function over as many buffers and scalars as it takes, of which
// it writes the first one only. A region becomes the buffer of its place, where extents other than
// 1 correspond in order.
using Intrinsics = std::map<std::string, Function>;

}  // namespace vta::loop
