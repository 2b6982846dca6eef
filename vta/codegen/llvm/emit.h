// From a lowered function to LLVM IR.
#pragma once

#include <llvm/IR/Module.h>

#include "vta/codegen/llvm/lower_intrinsics.h"
#include "vta/loop/stmt.h"

namespace vta::codegen {

// Adds `function`, which holds neither blocks nor copies, to `module` under its name, as
//   void NAME(void* const* buffers, const loop::Value* scalars)
// over its parameters, which are at multiples of 64 bytes and do not overlap. Parallel loops call
// the runtime (vta/codegen/runtime). Its intrinsics are those that `instructions` compute.
void emit_function(const loop::Function& function, const DotInstructions& instructions,
                   llvm::Module& module);

}  // namespace vta::codegen
