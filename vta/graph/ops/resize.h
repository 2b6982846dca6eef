// The geometry of a resize, dimension by dimension.
#pragma once

#include <vector>

#include "vta/graph/op.h"

namespace vta::graph {

struct ResizeAxis {
  int64_t in = 0;
  int64_t out = 0;
  double scale = 1;
  double start = 0;  // region of interest
  double end = 1;

  double in_size() const { return static_cast<double>(in); }
  double out_size() const { return static_cast<double>(out); }
  double last() const { return static_cast<double>(in - 1); }
};

// One for each dimension of x, from the constant inputs, null where absent. Throws Error that says
// which of them do not fit.
std::vector<ResizeAxis> resize_axes(const Node& node, const Shape& shape, const Tensor* roi,
                                    const Tensor* scales, const Tensor* sizes);

// Which element of x, of mode linear that of the interpolated x, each element of the output takes
// in one dimension; kFill (movement.h) for what is outside the region of interest.
std::vector<int64_t> resize_places(const Node& node, const ResizeAxis& axis);

// Whether places come from the region of interest, and those outside x are extrapolated.
bool crops_to_region(const Node& node);

}  // namespace vta::graph
