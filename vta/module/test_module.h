// A small module made by hand, for tests: y = (a + b) negated, where the sum runs on the
// accelerator and wraps at 8 bits, and the negation on the host.
#pragma once

#include "vta/module/module.h"

namespace vta::module {

Module make_add_module(const hw::Config& config);

}  // namespace vta::module
