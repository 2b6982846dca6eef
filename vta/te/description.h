// An intrinsic's function, taken apart for comparison with a block.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vta/te/tree.h"

namespace vta::te {

// A store inside loops, which all have more than one iteration.
struct Nest {
  std::vector<For> loops;
  loop::Store store;
};
// Loops of one iteration go. Throws Error that begins with `what` for another statement.
Nest as_nest(Stmt s, std::string_view what);

// What an intrinsic does, from its function: one nest, which may begin with an init for each
// element of its first parameter, as the one block of a tensor expression does.
struct Description {
  std::string name;
  loop::Function function;
  Nest body;
  std::optional<Nest> init;
};
// A loop's variable as an index: all of it, its digits above `divisor` or those below `modulus`.
struct Digit {
  Var var;
  int64_t divisor = 1;
  int64_t modulus = 0;  // 0: none
};
std::optional<Digit> as_digit(const Expr& index);  // v, v / c or v % c

// Throws Error where the function is something else: indices must be constants or digits of single
// loops from the dimension's first element on, and the first parameter is the only one that is
// written, always at the same indices.
Description describe(const std::string& name, const Function& function);

}  // namespace vta::te
