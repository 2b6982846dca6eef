// The accelerator's SystemVerilog, rtl/*.sv, as it was when this library was built.
#pragma once

#include "vta/base/embedded.h"

namespace vta::rtl {

// By name; each file has the module of its name. The package is not among them.
const std::vector<EmbeddedFile>& sources();

}  // namespace vta::rtl
