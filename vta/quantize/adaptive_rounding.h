// Rounding of weights to few bits that looks at what the layer computes: up or down, so that the
// outputs change least, after Nagel et al., "Up or Down? Adaptive Rounding for Post-Training
// Quantization" (2020), solved by coordinate descent.
#pragma once

#include "vta/quantize/integer_weights.h"
#include "vta/quantize/patch_statistics.h"
#include "vta/quantize/weighted_layer.h"

namespace vta::quantize {

// Of the layer, with statistics of its groups. With the error e of a row of weights and the
// covariance C of the patches, the variance of the output's error is e' C e: that is made small,
// for several scales of the row, of which the best is kept. The mean of the error is for the bias
// (bias_correction.h).
IntegerWeights round_adaptively(const WeightedLayer& layer, int bits,
                                const std::vector<GroupStatistics>& statistics);

}  // namespace vta::quantize
