// One thing wrong in a legal program, so that every device must fault at the same instruction.
#pragma once

#include "vta/fuzz/case.h"
#include "vta/fuzz/random.h"

namespace vta::fuzz {

// Breaks it in the way of that number, which wraps, and sets `broken` and `fault`. Returns whether
// it could: not every program and configuration has what that way needs; then it is as before.
bool break_case(Case& c, uint64_t kind, Random& random);

}  // namespace vta::fuzz
