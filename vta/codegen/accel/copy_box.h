// A Copy at known loop variables, as boxes of elements in DRAM and in a scratchpad.
#pragma once

#include <optional>

#include "vta/codegen/accel/environment.h"
#include "vta/codegen/accel/scratchpad.h"
#include "vta/codegen/accel/transfer.h"

namespace vta::codegen::accel {

// Nothing where nothing moves: all of a store is outside its buffer. Throws Error that names the
// buffers where the DMA cannot do it.
std::optional<Box> box_of(const loop::Copy& copy, const loop::Function& function,
                          const hw::Config& config, const Environment& values,
                          const Scratchpads& places);

}  // namespace vta::codegen::accel
