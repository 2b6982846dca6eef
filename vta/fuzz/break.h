// One thing wrong in a legal program, so that every device must fault at the same instruction.
#pragma once

#include "vta/fuzz/case.h"
#include "vta/fuzz/random.h"

namespace vta::fuzz {

// Sets `broken` and `fault`. Returns whether it could: not every program and configuration has what
// the drawn kind of break needs.
bool break_case(Case& c, Random& random);

}  // namespace vta::fuzz
