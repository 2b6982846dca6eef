// a * b + c with two roundings becomes fma with one.
#pragma once

#include "vta/loop/stmt.h"

namespace vta::ops::cpu {

// Every sum of floats with a product as one of its operands. Results differ in their last bits, and
// are nearer the exact ones.
loop::Function contract(const loop::Function& function);

}  // namespace vta::ops::cpu
