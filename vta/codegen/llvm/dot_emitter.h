// Dot products of bytes as instructions of x86.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include "vta/codegen/llvm/lower_intrinsics.h"

namespace vta::codegen {

// acc + the dot products, where `acc` is a vector of the dot's lanes and `a` and `b` point to
// 4 and 4 * lanes bytes. With vpdpbusd where it is there and fits, else pmaddwd.
llvm::Value* emit_dot(llvm::IRBuilder<>& builder, const Dot& dot,
                      const DotInstructions& instructions, llvm::Value* acc, llvm::Value* a,
                      llvm::Value* b);

}  // namespace vta::codegen
