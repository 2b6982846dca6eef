// What the attributes and constant inputs of operators that move elements mean.
#pragma once

#include <vector>

#include "vta/graph/op.h"

namespace vta::graph {

// A transpose's perm; the dimensions reversed where the node gives none.
std::vector<int64_t> permutation_of(const Node& node, size_t rank);

// One dimension of a slice: elements start, start + step, … of it, `count` of them.
struct SliceRange {
  int64_t start = 0;
  int64_t step = 1;
  int64_t count = 0;
};
// Of a tensor of `shape`, one for each dimension. Throws Error where the lists do not fit together.
std::vector<SliceRange> slice_ranges(const Shape& shape, const Tensor& starts, const Tensor& ends,
                                     const Tensor* axes, const Tensor* steps);

}  // namespace vta::graph
