// Random programs for a configuration: legal ones, which isa::check proves, and broken ones, which
// must fault.
#pragma once

#include "vta/fuzz/case.h"

namespace vta::fuzz {

// The program of a seed: always the same one. The memory's timing in its configuration is drawn
// too. Throws Error where isa::check does not prove what was meant to be legal: a bug in here.
Case generate(const hw::Config& config, uint64_t seed);

}  // namespace vta::fuzz
