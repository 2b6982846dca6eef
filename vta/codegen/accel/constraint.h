// Conditions over open loops, as linear forms: what narrows a loop, and what must be looked at step
// by step.
#pragma once

#include <optional>
#include <vector>

#include "vta/codegen/accel/environment.h"

namespace vta::codegen::accel {

// form >= 0, or form == 0, or form != 0.
struct Constraint {
  enum class Kind : uint8_t { kAtLeast, kEqual, kDiffers };
  Kind kind;
  Linear form;

  bool holds(int64_t value) const {
    return kind == Kind::kAtLeast ? value >= 0 : (value == 0) == (kind == Kind::kEqual);
  }
};

// Appends the parts of a conjunction; false where one is neither constant nor a comparison of
// linear forms. A part that holds in all steps is left out; one that holds in none becomes a
// constant constraint.
bool add_constraints(const loop::Expr& e, const Environment& values, OpenLoops open,
                     std::vector<Constraint>& to);

// The open loop that is the only one in a form.
std::optional<size_t> only_loop(const Linear& form);

// Narrows `loops` by constraints on one of them, and returns the others. Where nothing can hold,
// a loop without iterations is appended.
std::vector<Constraint> clamp(std::vector<OpenLoop>& loops,
                              const std::vector<Constraint>& constraints);

}  // namespace vta::codegen::accel
