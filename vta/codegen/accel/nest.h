// Compute nests: perfect loops around one intrinsic become GEMM or ALU instructions.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "vta/codegen/accel/environment.h"
#include "vta/codegen/accel/scratchpad.h"
#include "vta/codegen/accel/task.h"
#include "vta/isa/field.h"

namespace vta::codegen::accel {

// Loops and conditions, one inside the other, around one intrinsic; or around
// "if reset_when { vta.reset(acc) }; vta.gemm(acc, …)", a reduction that starts anew.
struct Nest {
  std::vector<loop::For> loops;
  std::vector<loop::Expr> conditions;
  loop::Intrinsic intrinsic;
  loop::Expr reset_when;  // empty: never
};
std::optional<Nest> nest_of(const loop::Stmt& s);

using Computes = std::vector<std::shared_ptr<const Compute>>;

class NestCompiler {
 public:
  explicit NestCompiler(const hw::Config& config);

  // The instructions of a nest, in order: usually one. Two of its loops become the hardware's, the
  // others micro-ops. Nothing where that is not possible, until some of its loops are walked: an
  // index is not linear in them, the micro-ops are too many, the order of steps matters. Throws
  // Error that names the intrinsic, when it has no loops left or its regions are not elements.
  std::optional<Computes> compile(const Nest& nest, const Environment& values,
                                  const Scratchpads& places);

 private:
  isa::Encoding encoding_;
  std::map<std::vector<int64_t>, Computes> compiled_;  // by all numbers that they depend on
};

}  // namespace vta::codegen::accel
