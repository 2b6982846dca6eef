// Classes of outputs at a picture's border, each requantised by records of its own: rectangles, a
// run of rows by a run of columns.
#pragma once

#include <cstdint>
#include <vector>

#include "vta/loop/expr.h"

namespace vta::ops::accel {

// Whether an index is in run k of those that begin at `first`; the last goes to the end.
inline loop::Expr in_run(const std::vector<int64_t>& first, int64_t k, const loop::Expr& index) {
  const auto at = static_cast<size_t>(k);
  const loop::Expr from = loop::Expr(first[at]) <= index;
  return at + 1 == first.size() ? from : from && index < first[at + 1];
}

// Whether an output is in class k, those of a run of rows counted together.
inline loop::Expr in_class(const std::vector<int64_t>& rows, const std::vector<int64_t>& columns,
                           int64_t k, const loop::Expr& row, const loop::Expr& column) {
  const int64_t count = std::ssize(columns);
  return in_run(rows, k / count, row) && in_run(columns, k % count, column);
}

}  // namespace vta::ops::accel
