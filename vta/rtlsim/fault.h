// Faults of the hardware, told as the other simulators tell them.
#pragma once

#include <cstdint>

#include "vta/isa/field.h"
#include "vta/rtl/fault_code.h"
#include "vta/sim/dram.h"

namespace vta::rtlsim {

struct HardwareFault {
  rtl::FaultCode code;
  uint64_t instruction;  // as the register says
};

// Throws sim::Fault with the text that the checks of the simulators have for that instruction, or,
// where they need more than the two registers say, a text of its own.
[[noreturn]] void throw_fault(const HardwareFault& fault, const isa::Encoding& encoding,
                              const sim::Dram& dram, uint64_t address, uint64_t count);

}  // namespace vta::rtlsim
