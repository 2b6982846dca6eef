// A smaller program that shows the same.
#pragma once

#include <functional>

#include "vta/fuzz/case.h"

namespace vta::fuzz {

// Drops instructions, tokens and bits, makes sizes and loops smaller, zeroes the data, as long as
// `shows` holds; a legal program stays one that isa::check proves, a broken one has its fault on
// the reference. Tries at most `most_tries` programs.
Case shrink(const Case& c, const std::function<bool(const Case&)>& shows, int most_tries = 1500);

}  // namespace vta::fuzz
