// Copies become what a processor has: loops of loads and stores.
#pragma once

#include "vta/loop/stmt.h"

namespace vta::codegen {

// An equal function without copies: each is a loop nest that stores zero where it reads outside
// its buffer. Expressions are simplified with the ranges of the loops.
loop::Function lower_copies(const loop::Function& function);

}  // namespace vta::codegen
