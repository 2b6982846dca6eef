// Pictures in a terminal.
#pragma once

#include <string>
#include <vector>

#include "vta/base/tensor.h"

namespace vta::tools {

// Grey pictures (u8, height x width each, all of one size) side by side, two pixel rows a text
// line: half blocks in 24-bit colour, or, without colour, characters of growing density.
std::string draw_side_by_side(const std::vector<Tensor>& pictures, bool colour);

}  // namespace vta::tools
