// How alike two float tensors are, for tests.
#pragma once

#include <cmath>

#include "vta/base/tensor.h"

namespace vta {

// Cosine of the angle between two float tensors of equally many elements, taken as vectors.
inline double cosine(const Tensor& a, const Tensor& b) {
  double dot = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.as<float>().size(); ++i) {
    const double x = a.as<float>()[i], y = b.as<float>()[i];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / std::sqrt(aa * bb);
}

}  // namespace vta
