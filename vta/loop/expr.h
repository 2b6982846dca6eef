// Expressions of the loop IR: immutable trees, shared freely. Every expression has a type; the
// functions that build them check it, so an ill-typed expression cannot be made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "vta/loop/type.h"

namespace vta::loop {

struct ExprNode;
struct BufferNode;

// A loop variable or parameter: two with the same name are different variables.
class Var {
 public:
  Var() = default;
  explicit Var(std::string name, Type type = kIndex);
  const std::string& name() const { return node_->name; }
  Type type() const { return node_->type; }
  uint64_t id() const { return node_->id; }  // no other variable's
  bool operator==(const Var& other) const { return node_ == other.node_; }
  bool operator<(const Var& other) const { return node_->id < other.node_->id; }  // by age

 private:
  struct Node {
    std::string name;
    Type type;
    uint64_t id;
  };
  std::shared_ptr<const Node> node_;
};

// Where a buffer lives: the host's or device's DRAM, one of the accelerator's scratchpads, or
// the executing thread's registers and stack.
enum class Scope : uint8_t { kGlobal, kInp, kWgt, kAcc, kUop, kLocal };
std::string_view scope_name(Scope scope);  // "global", "inp", …
Scope scope_from_name(std::string_view name);

// A multidimensional array; identity counts, not the name.
struct BufferNode {
  std::string name;
  Type type;
  std::vector<int64_t> shape;
  Scope scope = Scope::kGlobal;
  // Distance in elements between neighbours of each dimension. Row-major and dense where empty.
  std::vector<int64_t> strides = {};
  // What stands behind it, for who made it (a tensor expression); the loop IR does not look.
  std::shared_ptr<const void> origin = nullptr;

  std::vector<int64_t> dense_or_strides() const;
  int64_t elements() const;  // of storage, gaps between rows included
};
using Buffer = std::shared_ptr<const BufferNode>;
Buffer make_buffer(std::string name, Type type, std::vector<int64_t> shape,
                   Scope scope = Scope::kGlobal);

class Expr {
 public:
  Expr() = default;      // no expression
  Expr(int value);       // NOLINT: an index
  Expr(int64_t value);   // NOLINT: an index
  Expr(const Var& var);  // NOLINT
  explicit Expr(std::shared_ptr<const ExprNode> node) : node_(std::move(node)) {}

  explicit operator bool() const { return node_ != nullptr; }
  const ExprNode& operator*() const { return *node_; }
  const ExprNode* operator->() const { return node_.get(); }
  Type type() const;
  bool same_as(const Expr& other) const { return node_ == other.node_; }

 private:
  std::shared_ptr<const ExprNode> node_;
};

// Integers: add, sub, mul wrap; floor_div and floor_mod round to minus infinity (by zero is an
// error); shr is arithmetic on kInt; shift amounts of the width and more give the limit, negative
// ones are errors. div is for floats only. Comparisons give bool; and, or on bool and integers.
enum class BinaryOp : uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kFloorDiv,
  kFloorMod,
  kMin,
  kMax,
  kAnd,
  kOr,
  kXor,
  kShl,
  kShr,
  kEq,
  kNe,
  kLt,
  kLe,
};
inline constexpr size_t kBinaryOps = 17;

struct IntConstant {
  int64_t value;  // wrapped to the type
};
struct FloatConstant {
  double value;  // exactly representable in the type
};
struct Binary {
  BinaryOp op;
  Expr a, b;
};
struct Select {
  Expr condition, yes, no;  // both sides are evaluated only where chosen
};
// Integers to integers wrap; integers to floats and floats to floats round to nearest even; floats
// to integers truncate towards zero (out of range is an error); to bool: not zero.
struct Cast {
  Expr a;
};
struct Load {
  Buffer buffer;
  std::vector<Expr> indices;
};
// A pure function of scalars, by name: see call().
struct Call {
  std::string function;
  std::vector<Expr> arguments;
};

struct ExprNode {
  Type type;
  std::variant<IntConstant, FloatConstant, Var, Binary, Select, Cast, Load, Call> kind;
};

Expr constant(Type type, int64_t value);  // integers and bool
Expr constant_float(Type type, double value);
Expr binary(BinaryOp op, Expr a, Expr b);  // equal types (shifts: both integers)
Expr select(Expr condition, Expr yes, Expr no);
Expr cast(Type type, Expr a);  // `a` itself where it has the type already
Expr load(Buffer buffer, std::vector<Expr> indices);
// "exp", "log", "sqrt", "tanh", "erf", "floor", "round" (half to even) of a float; "fma" (a, b, c),
// floats of one type: a * b + c, rounded once; "requantise" (x, bias, factor, word), all i32: the
// instruction set's rqt (vta/isa/instruction.h). Throws Error for another function, or arguments
// that it does not take.
Expr call(std::string_view function, std::vector<Expr> arguments);

Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);  // floats: div; integers: floor_div
Expr operator%(Expr a, Expr b);  // floor_mod
Expr operator&&(Expr a, Expr b);
Expr operator||(Expr a, Expr b);
Expr operator==(Expr a, Expr b);
Expr operator!=(Expr a, Expr b);
Expr operator<(Expr a, Expr b);
Expr operator<=(Expr a, Expr b);
Expr operator>(Expr a, Expr b);
Expr operator>=(Expr a, Expr b);
Expr operator>>(Expr a, Expr b);
Expr operator<<(Expr a, Expr b);
Expr min(Expr a, Expr b);
Expr max(Expr a, Expr b);

// The value of an integer constant; nullptr for anything else.
const int64_t* as_constant(const Expr& e);
bool is_constant(const Expr& e, int64_t value);
const Var* as_var(const Expr& e);

// Same structure, same variables and buffers.
bool equal(const Expr& a, const Expr& b);

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

// Calls the one of `cases` that takes the kind of `e`.
template <typename... Cases>
decltype(auto) match(const Expr& e, Cases... cases) {
  return std::visit(Overloaded{cases...}, e->kind);
}

}  // namespace vta::loop
