// A block whose steps are single elements becomes one whose steps are whole tiles.
#pragma once

#include <string_view>

#include "vta/te/access.h"

namespace vta::te {

// The only block in `nest`, which is a loop of `f` or the block itself, with the loops of `nest`
// moved inside it. An iteration variable over n values, of which these loops run through t, then
// counts n / t tiles; the block's init and body are nests over the values in a tile. Throws Error
// that begins with `what` and names the loop or variable where the loops are not such a tile: each
// loop must move one variable, to each value in its tile once, and tiles must be whole.
Block blockize(const Path& nest, std::string_view what);

}  // namespace vta::te
