// What the integers of a quantised network mean.
#pragma once

#include <vector>

#include "vta/graph/graph.h"

namespace vta::exporter {

struct Affine {
  double scale = 0;  // 0 for values that are not i8
  int64_t zero_point = 0;
};

// By ValueId: real = scale * (q - zero_point), for every i8 value that a node makes. Scales are
// those of quantize and dequantize, and what additions, pools and movements make of them; behind a
// convolution or dense layer nothing else fixes the scale, since its weights take what is left:
// where no dequantize follows, it is 1. Throws Error that names an operator that is not of these.
std::vector<Affine> integer_scales(const graph::Graph& graph);

}  // namespace vta::exporter
