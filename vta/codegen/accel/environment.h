// The values of loop variables while loops are walked, and expressions over them: to a number, or,
// where some loops stay open, to a linear form.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <unordered_map>

#include "vta/loop/analysis.h"
#include "vta/loop/expr.h"

namespace vta::codegen::accel {

// Loops that are not walked but become part of an instruction: 0 <= var - first < extent.
inline constexpr size_t kMaxOpenLoops = 12;
struct OpenLoop {
  loop::Var var;
  int64_t first = 0;
  int64_t extent = 1;
};
using OpenLoops = std::span<const OpenLoop>;

// constant + the sum of coefficients[i] * variable of open loop i.
struct Linear {
  int64_t constant = 0;
  std::array<int64_t, kMaxOpenLoops> coefficients{};

  bool is_constant() const { return coefficients == decltype(coefficients){}; }
  Linear& add(const Linear& other, int64_t scale);
};

// The smallest and the largest value.
loop::Interval range_of(const Linear& form, OpenLoops open);

class Environment {
 public:
  void bind(const loop::Var& var, int64_t value) { values_[var.id()] = value; }
  void release(const loop::Var& var) { values_.erase(var.id()); }

  // Of an index or a condition. Throws Error where it reads a buffer or an unknown variable.
  int64_t value(const loop::Expr& e) const;

  // Nothing where `e` is not linear over the open loops' ranges.
  std::optional<Linear> linear(const loop::Expr& e, OpenLoops open) const;

 private:
  std::optional<Linear> linear(const loop::Binary& n, OpenLoops open) const;

  std::unordered_map<uint64_t, int64_t> values_;
};

}  // namespace vta::codegen::accel
