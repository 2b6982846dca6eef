// The codes of the hardware's sticky fault: one table for the SystemVerilog package, the C header
// and whoever reads the fault register.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vta::rtl {

enum class FaultCode : uint8_t {
  kNone,
  kProgram,
  kDecode,
  kFinish,
  kNeighbour,
  kSramRange,
  kDramRange,
  kStorePad,
  kUopRange,
  kOperation,
  kTokenOverflow,
  kDeadlock,
  kBus,
  kStopped,
};

struct FaultDescription {
  std::string_view name;  // FAULT_<name> in the package
  std::string_view doc;
};

// By code.
inline constexpr std::array<FaultDescription, 14> kFaults = {{
    {"NONE", "no fault"},
    {"PROGRAM", "the program is empty, not at a multiple of 64 bytes, or ends beyond 2^32 bytes"},
    {"DECODE",
     "the opcode, memory type or ALU operation is not assigned, or the opcode cannot move that "
     "memory type"},
    {"FINISH", "FINISH before the last instruction, or a last instruction that is not FINISH"},
    {"NEIGHBOUR", "a token bit names a neighbour that the unit does not have"},
    {"SRAM_RANGE", "an element or a micro-op's index beyond its scratchpad"},
    {"DRAM_RANGE", "an element beyond 2^32 bytes"},
    {"STORE_PAD", "STORE with padding"},
    {"UOP_RANGE", "uop_end beyond the micro-op buffer"},
    {"OPERATION", "an ALU operation that the configuration lacks, or rqt with an immediate"},
    {"TOKEN_OVERFLOW", "a token given to a full token queue"},
    {"DEADLOCK", "every unit waits for a token or has nothing to do"},
    {"BUS", "the memory answered with an error"},
    {"STOPPED", "the host stopped the run"},
}};

constexpr const FaultDescription& describe(FaultCode code) {
  return kFaults[static_cast<size_t>(code)];
}

}  // namespace vta::rtl
