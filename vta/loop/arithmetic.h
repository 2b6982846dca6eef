// Scalars of the loop IR and their arithmetic: what the interpreter does and simplification folds.
#pragma once

#include <cstdint>
#include <string_view>

#include "vta/base/error.h"
#include "vta/loop/expr.h"

namespace vta::loop {

// One element: `integer` for integers and bool, wrapped to the type, `real` for floats.
union Value {
  int64_t integer;
  double real;
};

// Rounded to minus infinity. Throw Error where b is 0.
inline int64_t floor_div(int64_t a, int64_t b) {
  require(b != 0, "division by zero");
  if (b == -1) return static_cast<int64_t>(-static_cast<uint64_t>(a));
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
inline int64_t floor_mod(int64_t a, int64_t b) {
  require(b != 0, "division by zero");
  if (b == -1) return 0;
  const int64_t m = a % b;
  return m != 0 && (m < 0) != (b < 0) ? m + b : m;
}

// The binary operator on operands of `type`. Throws Error: division by zero, a negative shift.
Value apply(BinaryOp op, Type type, Value a, Value b);
// As cast() does. Throws Error where a float is out of the integer's range.
Value convert(Type to, Type from, Value value);
// "exp", … of a float, rounded to `type`.
Value apply_function(std::string_view name, Type type, Value a);
// a * b + c, rounded once to `type`.
Value multiply_add(Type type, double a, double b, double c);

}  // namespace vta::loop
