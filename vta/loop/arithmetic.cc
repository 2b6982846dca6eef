#include "vta/loop/arithmetic.h"

#include <cmath>

namespace vta::loop {

namespace {

double rounded(Type type, double value) {
  return type.bits == 32 ? static_cast<float>(value) : value;
}

int64_t shift(BinaryOp op, Type type, int64_t a, int64_t amount) {
  require(amount >= 0, "a shift by {}, must not be negative", amount);
  if (op == BinaryOp::kShl) {
    return amount >= type.bits ? 0 : static_cast<int64_t>(static_cast<uint64_t>(a) << amount);
  }
  const int64_t limit = type.kind == Type::Kind::kInt && a < 0 ? -1 : 0;
  if (amount >= type.bits) return limit;
  return type.kind == Type::Kind::kInt ? a >> amount
                                       : static_cast<int64_t>(static_cast<uint64_t>(a) >> amount);
}

// u64 is kept in an int64_t's bits.
bool less(Type type, int64_t a, int64_t b) {
  return type.kind == Type::Kind::kInt ? a < b
                                       : static_cast<uint64_t>(a) < static_cast<uint64_t>(b);
}

int64_t unsigned_or_floor(BinaryOp op, Type type, int64_t a, int64_t b) {
  if (type.kind == Type::Kind::kInt) {
    return op == BinaryOp::kFloorDiv ? floor_div(a, b) : floor_mod(a, b);
  }
  require(b != 0, "division by zero");
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  return static_cast<int64_t>(op == BinaryOp::kFloorDiv ? x / y : x % y);
}

int64_t apply_integer(BinaryOp op, Type type, int64_t a, int64_t b) {
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  switch (op) {
    case BinaryOp::kAdd:
      return static_cast<int64_t>(x + y);
    case BinaryOp::kSub:
      return static_cast<int64_t>(x - y);
    case BinaryOp::kMul:
      return static_cast<int64_t>(x * y);
    case BinaryOp::kFloorDiv:
    case BinaryOp::kFloorMod:
      return unsigned_or_floor(op, type, a, b);
    case BinaryOp::kMin:
      return less(type, b, a) ? b : a;
    case BinaryOp::kMax:
      return less(type, a, b) ? b : a;
    case BinaryOp::kAnd:
      return a & b;
    case BinaryOp::kOr:
      return a | b;
    case BinaryOp::kXor:
      return a ^ b;
    case BinaryOp::kShl:
    case BinaryOp::kShr:
      return shift(op, type, a, b);
    case BinaryOp::kEq:
      return a == b ? 1 : 0;
    case BinaryOp::kNe:
      return a != b ? 1 : 0;
    case BinaryOp::kLt:
      return less(type, a, b) ? 1 : 0;
    case BinaryOp::kLe:
      return less(type, b, a) ? 0 : 1;
    case BinaryOp::kDiv:
      break;
  }
  return 0;
}

Value apply_float(BinaryOp op, Type type, double a, double b) {
  switch (op) {
    case BinaryOp::kAdd:
      return {.real = rounded(type, a + b)};
    case BinaryOp::kSub:
      return {.real = rounded(type, a - b)};
    case BinaryOp::kMul:
      return {.real = rounded(type, a * b)};
    case BinaryOp::kDiv:
      return {.real = rounded(type, a / b)};
    case BinaryOp::kMin:
      return {.real = b < a ? b : a};
    case BinaryOp::kMax:
      return {.real = a < b ? b : a};
    case BinaryOp::kEq:
      return {.integer = a == b ? 1 : 0};
    case BinaryOp::kNe:
      return {.integer = a != b ? 1 : 0};
    case BinaryOp::kLt:
      return {.integer = a < b ? 1 : 0};
    case BinaryOp::kLe:
      return {.integer = a <= b ? 1 : 0};
    default:
      return {.integer = 0};  // not for floats: binary() refuses them
  }
}

double function_of(std::string_view name, double x) {
  if (name == "exp") return std::exp(x);
  if (name == "log") return std::log(x);
  if (name == "sqrt") return std::sqrt(x);
  if (name == "tanh") return std::tanh(x);
  if (name == "erf") return std::erf(x);
  if (name == "floor") return std::floor(x);
  return std::nearbyint(x);
}

}  // namespace

Value apply(BinaryOp op, Type type, Value a, Value b) {
  if (type.is_float()) return apply_float(op, type, a.real, b.real);
  const bool compares =
      op == BinaryOp::kEq || op == BinaryOp::kNe || op == BinaryOp::kLt || op == BinaryOp::kLe;
  const int64_t result = apply_integer(op, type, a.integer, b.integer);
  return {.integer = compares ? result : wrap(type, result)};
}

Value convert(Type to, Type from, Value value) {
  if (to.is_bool()) return {.integer = from.is_float() ? value.real != 0 : value.integer != 0};
  if (to.is_float()) {
    if (from.is_float()) return {.real = rounded(to, value.real)};
    const bool is_large = from == Type{Type::Kind::kUInt, 64};
    if (to.bits == 32) {
      return {.real = is_large ? static_cast<float>(static_cast<uint64_t>(value.integer))
                               : static_cast<float>(value.integer)};
    }
    return {.real = is_large ? static_cast<double>(static_cast<uint64_t>(value.integer))
                             : static_cast<double>(value.integer)};
  }
  if (!from.is_float()) return {.integer = wrap(to, value.integer)};
  const double whole = std::trunc(value.real);
  const double limit = std::ldexp(1.0, to.kind == Type::Kind::kInt ? to.bits - 1 : to.bits);
  const double low = to.kind == Type::Kind::kInt ? -limit : 0;
  require(whole >= low && whole < limit, "{} does not fit {}", value.real, to_string(to));
  if (to == Type{Type::Kind::kUInt, 64}) {
    return {.integer = static_cast<int64_t>(static_cast<uint64_t>(whole))};
  }
  return {.integer = static_cast<int64_t>(whole)};
}

Value apply_function(std::string_view name, Type type, Value a) {
  return {.real = rounded(type, function_of(name, a.real))};
}

Value multiply_add(Type type, double a, double b, double c) {
  if (type.bits == 64) return {.real = std::fma(a, b, c)};
  return {.real = std::fma(static_cast<float>(a), static_cast<float>(b), static_cast<float>(c))};
}

}  // namespace vta::loop
