// Compute nests: perfect loops around one intrinsic, which become GEMM or ALU instructions. Loops
// of kind kUnrolled are not part of them: each of their iterations has instructions of its own.
#pragma once

#include <optional>
#include <vector>

#include "vta/codegen/accel/environment.h"
#include "vta/loop/analysis.h"
#include "vta/loop/stmt.h"

namespace vta::codegen::accel {

// Loops and conditions, one inside the other, around one intrinsic; or around
// "if reset_when { vta.reset(acc) }; vta.gemm(acc, …)", a reduction that starts anew, which may
// also say "if reset_when { vta.gemm_overwrite(acc, …) }; if not reset_when { vta.gemm(acc, …) }".
struct Nest {
  std::vector<loop::For> loops;
  std::vector<loop::Expr> conditions;
  loop::Intrinsic intrinsic;
  loop::Expr reset_when;  // empty: never
};
// `known`: the ranges of the loops around.
std::optional<Nest> nest_of(const loop::Stmt& s, loop::Ranges known);

}  // namespace vta::codegen::accel
