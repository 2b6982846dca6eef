#include "vta/loop/expr.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "vta/base/error.h"

namespace vta::loop {

namespace {

constexpr std::array<std::string_view, 6> kScopes = {"global", "inp", "wgt", "acc", "uop", "local"};

constexpr std::array<std::string_view, 7> kFloatFunctions = {"exp", "log",   "sqrt", "tanh",
                                                             "erf", "floor", "round"};

uint64_t next_id() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

template <typename Kind>
Expr make(Type type, Kind kind) {
  return Expr(std::make_shared<const ExprNode>(ExprNode{type, std::move(kind)}));
}

bool is_comparison(BinaryOp op) {
  return op == BinaryOp::kEq || op == BinaryOp::kNe || op == BinaryOp::kLt || op == BinaryOp::kLe;
}
bool is_shift(BinaryOp op) {
  return op == BinaryOp::kShl || op == BinaryOp::kShr;
}

bool accepts(BinaryOp op, Type type) {
  switch (op) {
    case BinaryOp::kDiv:
      return type.is_float();
    case BinaryOp::kFloorDiv:
    case BinaryOp::kFloorMod:
    case BinaryOp::kShl:
    case BinaryOp::kShr:
      return type.is_integer();
    case BinaryOp::kAnd:
    case BinaryOp::kOr:
    case BinaryOp::kXor:
      return !type.is_float();
    case BinaryOp::kEq:
    case BinaryOp::kNe:
      return true;
    default:
      return !type.is_bool();
  }
}

}  // namespace

Var::Var(std::string name, Type type)
    : node_(std::make_shared<const Node>(Node{std::move(name), type, next_id()})) {}

std::string_view scope_name(Scope scope) {
  return kScopes[static_cast<size_t>(scope)];
}

Scope scope_from_name(std::string_view name) {
  const auto it = std::ranges::find(kScopes, name);
  require(it != kScopes.end(), "'{}' is not a memory scope: {}", name, fmt::join(kScopes, ", "));
  return static_cast<Scope>(it - kScopes.begin());
}

std::vector<int64_t> BufferNode::dense_or_strides() const {
  if (!strides.empty()) return strides;
  std::vector<int64_t> dense(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;) dense[d - 1] = dense[d] * shape[d];
  return dense;
}

int64_t BufferNode::elements() const {
  const std::vector<int64_t> distance = dense_or_strides();
  int64_t last = 0;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 0) return 0;
    last += (shape[d] - 1) * distance[d];
  }
  return last + 1;
}

Buffer make_buffer(std::string name, Type type, std::vector<int64_t> shape, Scope scope) {
  return std::make_shared<const BufferNode>(
      BufferNode{std::move(name), type, std::move(shape), scope});
}

Expr::Expr(int value) : Expr(constant(kIndex, value)) {}
Expr::Expr(int64_t value) : Expr(constant(kIndex, value)) {}
Expr::Expr(const Var& var) : Expr(make(var.type(), var)) {}

Type Expr::type() const {
  return node_->type;
}

Expr constant(Type type, int64_t value) {
  require(!type.is_float(), "an integer constant of type {}, must be constant_float",
          to_string(type));
  return make(type, IntConstant{wrap(type, value)});
}

Expr constant_float(Type type, double value) {
  require(type.is_float(), "a float constant of type {}, must be f32 or f64", to_string(type));
  return make(type, FloatConstant{type.bits == 32 ? static_cast<float>(value) : value});
}

Expr binary(BinaryOp op, Expr a, Expr b) {
  const bool agree = is_shift(op) ? b.type().is_integer() : a.type() == b.type();
  require(agree, "operands of {} and {}, must be of one type: cast one of them",
          to_string(a.type()), to_string(b.type()));
  require(accepts(op, a.type()), "an operator that {} does not have", to_string(a.type()));
  const Type type = is_comparison(op) ? kBool : a.type();
  return make(type, Binary{op, std::move(a), std::move(b)});
}

Expr select(Expr condition, Expr yes, Expr no) {
  require(condition.type().is_bool(), "select's condition is {}, must be bool",
          to_string(condition.type()));
  require(yes.type() == no.type(), "select between {} and {}, must be of one type",
          to_string(yes.type()), to_string(no.type()));
  const Type type = yes.type();
  return make(type, Select{std::move(condition), std::move(yes), std::move(no)});
}

Expr cast(Type type, Expr a) {
  if (a.type() == type) return a;
  return make(type, Cast{std::move(a)});
}

Expr load(Buffer buffer, std::vector<Expr> indices) {
  require(indices.size() == buffer->shape.size(), "{} indices for {}, which has {} dimensions",
          indices.size(), buffer->name, buffer->shape.size());
  for (const Expr& index : indices) {
    require(index.type() == kIndex, "an index of {} is {}, must be {}", buffer->name,
            to_string(index.type()), to_string(kIndex));
  }
  const Type type = buffer->type;
  return make(type, Load{std::move(buffer), std::move(indices)});
}

Expr call(std::string_view function, std::vector<Expr> arguments) {
  const bool is_unary = std::ranges::find(kFloatFunctions, function) != kFloatFunctions.end();
  const bool is_float = is_unary || function == "fma";
  require(is_float || function == "requantise", "there is no function '{}': {}, fma, requantise",
          function, fmt::join(kFloatFunctions, ", "));
  const size_t count = is_unary ? 1 : is_float ? 3 : 4;
  require(arguments.size() == count, "{} takes {} arguments, got {}", function, count,
          arguments.size());
  for (const Expr& a : arguments) {
    require(is_float ? a.type().is_float() : a.type() == kInt32, "{} takes {}, got {}", function,
            is_float ? "a float" : "i32", to_string(a.type()));
    require(a.type() == arguments[0].type(), "{} takes floats of one type, got {} and {}", function,
            to_string(arguments[0].type()), to_string(a.type()));
  }
  const Type type = arguments[0].type();
  return make(type, Call{std::string(function), std::move(arguments)});
}

Expr operator+(Expr a, Expr b) {
  return binary(BinaryOp::kAdd, std::move(a), std::move(b));
}
Expr operator-(Expr a, Expr b) {
  return binary(BinaryOp::kSub, std::move(a), std::move(b));
}
Expr operator*(Expr a, Expr b) {
  return binary(BinaryOp::kMul, std::move(a), std::move(b));
}
Expr operator/(Expr a, Expr b) {
  const BinaryOp op = a.type().is_float() ? BinaryOp::kDiv : BinaryOp::kFloorDiv;
  return binary(op, std::move(a), std::move(b));
}
Expr operator%(Expr a, Expr b) {
  return binary(BinaryOp::kFloorMod, std::move(a), std::move(b));
}
Expr operator&&(Expr a, Expr b) {
  return binary(BinaryOp::kAnd, std::move(a), std::move(b));
}
Expr operator||(Expr a, Expr b) {
  return binary(BinaryOp::kOr, std::move(a), std::move(b));
}
Expr operator==(Expr a, Expr b) {
  return binary(BinaryOp::kEq, std::move(a), std::move(b));
}
Expr operator!=(Expr a, Expr b) {
  return binary(BinaryOp::kNe, std::move(a), std::move(b));
}
Expr operator<(Expr a, Expr b) {
  return binary(BinaryOp::kLt, std::move(a), std::move(b));
}
Expr operator<=(Expr a, Expr b) {
  return binary(BinaryOp::kLe, std::move(a), std::move(b));
}
Expr operator>(Expr a, Expr b) {
  return binary(BinaryOp::kLt, std::move(b), std::move(a));
}
Expr operator>=(Expr a, Expr b) {
  return binary(BinaryOp::kLe, std::move(b), std::move(a));
}
Expr operator>>(Expr a, Expr b) {
  return binary(BinaryOp::kShr, std::move(a), std::move(b));
}
Expr operator<<(Expr a, Expr b) {
  return binary(BinaryOp::kShl, std::move(a), std::move(b));
}
Expr min(Expr a, Expr b) {
  return binary(BinaryOp::kMin, std::move(a), std::move(b));
}
Expr max(Expr a, Expr b) {
  return binary(BinaryOp::kMax, std::move(a), std::move(b));
}

const int64_t* as_constant(const Expr& e) {
  const auto* c = e ? std::get_if<IntConstant>(&e->kind) : nullptr;
  return c != nullptr ? &c->value : nullptr;
}

bool is_constant(const Expr& e, int64_t value) {
  const int64_t* c = as_constant(e);
  return c != nullptr && *c == value;
}

const Var* as_var(const Expr& e) {
  return e ? std::get_if<Var>(&e->kind) : nullptr;
}

namespace {

bool all_equal(const std::vector<Expr>& a, const std::vector<Expr>& b) {
  return std::ranges::equal(a, b, [](const Expr& x, const Expr& y) { return equal(x, y); });
}

bool same(const IntConstant& a, const IntConstant& b) {
  return a.value == b.value;
}
bool same(const FloatConstant& a, const FloatConstant& b) {
  return a.value == b.value;
}
bool same(const Var& a, const Var& b) {
  return a == b;
}
bool same(const Binary& a, const Binary& b) {
  return a.op == b.op && equal(a.a, b.a) && equal(a.b, b.b);
}
bool same(const Select& a, const Select& b) {
  return equal(a.condition, b.condition) && equal(a.yes, b.yes) && equal(a.no, b.no);
}
bool same(const Cast& a, const Cast& b) {
  return equal(a.a, b.a);
}
bool same(const Load& a, const Load& b) {
  return a.buffer == b.buffer && all_equal(a.indices, b.indices);
}
bool same(const Call& a, const Call& b) {
  return a.function == b.function && all_equal(a.arguments, b.arguments);
}

}  // namespace

bool equal(const Expr& a, const Expr& b) {
  if (a.same_as(b)) return true;
  if (!a || !b || a.type() != b.type() || a->kind.index() != b->kind.index()) return false;
  return match(
      a, [&](const auto& x) { return same(x, std::get<std::decay_t<decltype(x)>>(b->kind)); });
}

}  // namespace vta::loop
