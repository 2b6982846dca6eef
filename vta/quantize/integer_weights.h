// Weights as integers of few bits with a scale for each output channel.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "vta/base/tensor.h"

namespace vta::quantize {

struct IntegerWeights {
  Tensor values;               // i8, in the shape of WeightedLayer::rows
  std::vector<double> scales;  // by channel: a weight is about scale * value
};
using WeightsByNode = std::map<std::string, IntegerWeights>;

// The largest value of so many bits; the smallest is its negative.
constexpr int weight_limit(int bits) {
  return (1 << (bits - 1)) - 1;
}

// Each weight to the nearest step, with the channel's largest at the limit; 1 is the scale of a
// channel of zeros. No scale is smaller than that of `least_scales`, where given.
IntegerWeights round_to_nearest(const Tensor& rows, int bits,
                                const std::vector<double>& least_scales = {});

}  // namespace vta::quantize
