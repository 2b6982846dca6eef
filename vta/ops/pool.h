// Pools as tensor expressions.
#pragma once

#include "vta/ops/express.h"
#include "vta/ops/window.h"

namespace vta::ops {

// The windows of a node that pools, or of one that pools globally.
std::vector<Slide> pool_slides(const Operands& operands);
std::vector<Slide> global_slides(const Operands& operands);

// The largest element under each window; the type's least value where there is none.
Tensor max_pool(const Tensor& x, const std::vector<Slide>& slides, const Operands& operands);

// The sum in `type` of x[n, c, …], less `zero` where given, under each window. `name` is the
// result's, the padded input is called after the operands' output.
Tensor window_sum(const Tensor& x, const std::vector<Slide>& slides, Type type, const Expr& zero,
                  const Operands& operands, std::string name);

// By how much the sum at output indices `at` is divided: how many elements the window covers,
// with `include_pad` those of the padding too; at least 1.
Expr window_divisor(const std::vector<Slide>& slides, bool include_pad, const Indices& at);

}  // namespace vta::ops
