// A schedule for any operator of the host: fast enough for what has no schedule of its own, and
// quickly compiled. The innermost dimension of each result becomes vectors, the outer ones run in
// parallel. A reduction keeps a tile of its result in registers: vectors of one dimension by
// elements of another over which an operand's vector stays the same, so that one load serves all.
#pragma once

#include "vta/loop/stmt.h"

namespace vta::ops::cpu {

// Of a function as te::lower makes it. Sums of floats with a product become fma (contract.h).
loop::Function default_schedule(const loop::Function& function);

}  // namespace vta::ops::cpu
