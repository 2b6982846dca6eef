// The configurations on which random programs run when none is named.
#pragma once

#include <vector>

#include "vta/hw/config.h"

namespace vta::fuzz {

// Small, and as different as may be: shapes, types, buses, lanes, operations, queues.
std::vector<hw::Config> suite();

// Any legal configuration that is not too large to try.
hw::Config random_config(uint64_t seed);

}  // namespace vta::fuzz
