// A nest at known values of the loops around it, as numbers: where its operands begin, and how far
// they move in each of its loops.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "vta/codegen/accel/constraint.h"
#include "vta/codegen/accel/nest.h"
#include "vta/codegen/accel/scratchpad.h"
#include "vta/codegen/accel/task.h"

namespace vta::codegen::accel {

enum Operand : size_t { kDst, kSrc, kWgt };
inline constexpr size_t kOperands = 3;
using Steps = std::array<int64_t, kOperands>;

// One loop: how far each operand's index and each constraint's form move at a step.
struct Level {
  int64_t extent;
  Steps steps;
  std::vector<int64_t> moves;

  bool is_watched() const {
    return std::ranges::any_of(moves, [](int64_t m) { return m != 0; });
  }
};

struct Plan {
  Operation operation;
  Steps begin{};
  std::vector<Level> levels;        // outermost first, none of extent 1
  std::vector<Constraint> watched;  // their constants are those at the first step
  size_t restarts = 0;  // the last so many of `watched`: a step where all hold starts its sum anew
};

// Nothing where an index or a condition is not linear in the nest's loops. Throws Error that names
// the intrinsic, when it does not exist or its regions are not elements.
std::optional<Plan> plan_of(const Nest& nest, const hw::Config& config, const Environment& values,
                            const Scratchpads& places);

// All numbers of a plan: equal ones become the same instructions.
std::vector<int64_t> key_of(const Plan& plan);

}  // namespace vta::codegen::accel
