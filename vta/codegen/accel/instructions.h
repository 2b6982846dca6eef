// GEMM and ALU instructions from a plan: two of its loops become the hardware's, those that shrink
// the micro-kernel most; the others are unrolled into micro-ops.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "vta/codegen/accel/plan.h"
#include "vta/isa/field.h"

namespace vta::codegen::accel {

using Computes = std::vector<std::shared_ptr<const Compute>>;

// What the fields of GEMM and ALU instructions hold.
struct FieldLimits {
  explicit FieldLimits(const isa::Encoding& encoding);

  int64_t extent;
  Steps step;
  int64_t kernel;            // micro-ops
  int64_t depthwise_inputs;  // elements that a depthwise micro-op reads
};

// Usually one; a reduction that starts anew in some of its steps has them in front. Nothing where
// loops have to be walked first: the micro-ops are too many, or the order of steps matters.
std::optional<Computes> instructions_of(Plan plan, const FieldLimits& limits);

}  // namespace vta::codegen::accel
