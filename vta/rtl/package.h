// The SystemVerilog package `vta_pkg`: every constant that the RTL takes from the configuration,
// the instruction encoding, the register map and the code tables.
#pragma once

#include <string>

#include "vta/hw/config.h"

namespace vta::rtl {

// The text of vta_pkg.sv. The package refers to no other and is read alike by Verilator, Icarus and
// Yosys.
std::string package_text(const hw::Config& config);

}  // namespace vta::rtl
