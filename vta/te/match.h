// Proves that a block computes what an intrinsic's description says, and finds the operands.
#pragma once

#include <optional>
#include <string_view>

#include "vta/loop/analysis.h"
#include "vta/te/description.h"

namespace vta::te {

// The call that computes the same as `nest` in each step of a block, whose variables have these
// ranges, and as `init` before it, where the description has an init. Loops correspond one to one
// with equal extents, expressions are equal but for the order of commutative operands, element
// types are equal and scopes too (a `global` parameter also takes `local` buffers), each operand is
// one region. Throws Error that begins with `what` and says what differs.
loop::Intrinsic match_intrinsic(const Description& description, const Nest& nest,
                                const std::optional<Nest>& init, const loop::Ranges& ranges,
                                std::string_view what);

}  // namespace vta::te
