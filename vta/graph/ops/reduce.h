// Which dimensions a reduction is over; sorted.
#pragma once

#include <vector>

#include "vta/graph/op.h"

namespace vta::graph {

// `axes` normalised; all where it is empty. Throws Error for an axis outside or given twice.
std::vector<size_t> reduced_axes(std::span<const int64_t> axes, size_t rank);
// Those of a reduce_sum with input `axes` (null where absent); empty for 'reduce nothing'.
std::vector<size_t> sum_axes(const Node& node, const Tensor* axes, size_t rank);

}  // namespace vta::graph
