// What is known of index expressions: affine forms, value ranges, and simplification by both.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "vta/loop/stmt.h"

namespace vta::loop {

// Both ends belong to it.
struct Interval {
  int64_t low;
  int64_t high;
  bool operator==(const Interval&) const = default;
};
using Ranges = std::map<Var, Interval>;

// constant + the sum of coefficient * variable; no coefficient is 0.
struct Affine {
  int64_t constant = 0;
  std::map<Var, int64_t> coefficients;
};
// Nothing where `e` is not affine as it stands (sums, differences, products with constants).
std::optional<Affine> as_affine(const Expr& e);

// The range of an index expression, from those of its variables: never too narrow; exact where each
// variable occurs once in sums and products with constants. Nothing where a variable has no range
// or an operation has no bounds (a load, a division by an unknown).
std::optional<Interval> bounds(const Expr& e, const Ranges& ranges);

// An equal expression for all values of the variables within `ranges`: constants folded, sums
// collected in one order, divisions and remainders by constants taken apart, comparisons, min,
// max and select decided where ranges decide them. Applied again it changes nothing.
Expr simplify(const Expr& e, const Ranges& ranges = {});
// The same for every expression of a statement, with the ranges of loops and block variables; loops
// of extent 1 go, conditions that hold or fail go with them, empty sequences go.
Stmt simplify(const Stmt& s, const Ranges& ranges = {});

}  // namespace vta::loop
