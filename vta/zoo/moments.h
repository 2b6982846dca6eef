// Mean and variance of activations by channel, followed through layers: what batch normalisation
// would have learned of given weights. Elements count as independent and normally distributed, and
// borders are left out, so they are estimates.
#pragma once

#include <cstdint>
#include <vector>

#include "vta/base/tensor.h"

namespace vta::zoo {

struct Moments {
  std::vector<double> mean, variance;  // one element a channel
};

// Of sums of x times weights O x I/group x … (convolution, dense layer).
Moments through_weights(const Moments& x, const Tensor& weights, int64_t group);
// Of a transposed convolution, weights C x O x …, where `share` of a kernel meets each output.
Moments through_transposed(const Moments& x, const Tensor& weights, double share);
// Of max(x, slope * x): 0 for Relu.
Moments through_relu(const Moments& x, double slope);
// Of the largest of kernel x kernel results of Relu.
Moments through_max_pool(const Moments& x, int64_t kernel);
Moments sum(const Moments& a, const Moments& b);  // of independent values
Moments concatenated(const std::vector<Moments>& parts);

}  // namespace vta::zoo
