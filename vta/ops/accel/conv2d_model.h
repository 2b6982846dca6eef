// How many cycles a scheduled convolution takes, without generating it: what the default knobs come
// from.
#pragma once

#include <optional>

#include "vta/hw/config.h"
#include "vta/ops/accel/conv2d.h"

namespace vta::ops::accel {

// Nothing where the tiles do not fit the scratchpads or the micro-op buffer. The estimate adds up
// the reduction's steps, each as long as its multiplications or the loads of the step after, what
// requantising takes, the loads before the first step and the store after the last.
std::optional<double> estimated_cycles(const Conv2dShape& shape, const Conv2dKnobs& knobs,
                                       const hw::Config& config);

// Those of the least estimate. Throws DoesNotFit where no tile fits.
Conv2dKnobs default_knobs(const Conv2dShape& shape, const hw::Config& config);

}  // namespace vta::ops::accel
