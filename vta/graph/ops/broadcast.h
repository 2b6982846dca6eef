// NumPy's broadcasting rule: shapes are aligned at the last dimension, and a dimension of 1 (or an
// absent one) stretches to the other shape's.
#pragma once

#include <vector>

#include "vta/base/tensor.h"

namespace vta::graph {

// The common shape. Throws Error that names both shapes when they do not fit.
Shape broadcast_shapes(const Shape& a, const Shape& b);

// Elements to step in a row-major tensor of shape `from` for a step in each dimension of `to`,
// which `from` broadcasts to: 0 in the stretched dimensions. As many strides as `to` has
// dimensions.
std::vector<int64_t> broadcast_strides(const Shape& from, const Shape& to);

}  // namespace vta::graph
