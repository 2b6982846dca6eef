// Proves that a block computes what an intrinsic's description says, and finds the operands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vta/loop/analysis.h"
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
// Throws Error where the function is something else: indices must be single loops, and the first
// parameter is the only one that is written, always at the same indices.
Description describe(const std::string& name, const Function& function);

// The call that computes the same as `nest` in each step of a block, whose variables have these
// ranges, and as `init` before it, where the description has an init. Loops correspond one to one
// with equal extents, expressions are equal but for the order of commutative operands, element
// types are equal and scopes too (a `global` parameter also takes `local` buffers), each operand is
// one region. Throws Error that begins with `what` and says what differs.
loop::Intrinsic match_intrinsic(const Description& description, const Nest& nest,
                                const std::optional<Nest>& init, const loop::Ranges& ranges,
                                std::string_view what);

}  // namespace vta::te
