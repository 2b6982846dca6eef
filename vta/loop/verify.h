// Whether a function means something: run after every pass.
#pragma once

#include "vta/loop/stmt.h"

namespace vta::loop {

// Throws Error that names the loop, block or buffer, unless: every variable is defined where it is
// used (inside a block only its own and those of loops within), every buffer is a parameter or
// allocated around its use, block names are unique, extents are positive, conditions are bool,
// bindings are indices, regions and indices have the rank of their buffer, Copy's two extents
// correspond, and a block with an init has a reduction.
void verify(const Function& function);

}  // namespace vta::loop
