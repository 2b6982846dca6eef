// How many cycles a scheduled pool takes, without generating it: what the default knobs come from.
#pragma once

#include <optional>

#include "vta/hw/config.h"
#include "vta/ops/accel/pool.h"

namespace vta::ops::accel {

enum class PoolKind : uint8_t { kMax, kAverage };

// Nothing where the tiles do not fit the scratchpads or the micro-op buffer. The estimate counts a
// tile as long as its loads and its store take or its computation does, whichever is longer, with
// one thread one after the other.
std::optional<double> estimated_cycles(PoolKind kind, const PoolShape& shape,
                                       const PoolKnobs& knobs, const hw::Config& config);

// Those of the least estimate. Throws DoesNotFit where no tile fits.
PoolKnobs default_knobs(PoolKind kind, const PoolShape& shape, const hw::Config& config);

}  // namespace vta::ops::accel
