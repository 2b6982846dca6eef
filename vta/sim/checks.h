// What makes an instruction illegal, in one place for all simulators: each check throws Fault with
// the instruction's index and text, the value and the limit.
#pragma once

#include <cstdint>
#include <string>

#include "vta/isa/instruction.h"
#include "vta/sim/dram.h"
#include "vta/sim/simulator.h"

namespace vta::sim {

// An instruction of a running program: what a fault names.
struct Site {
  uint64_t index;  // in program order
  const isa::Instruction& instruction;
};

// Throws Fault: "instruction 7 (gemm …): <what>".
[[noreturn]] void fault(const Site& site, const std::string& what);

// Everything but the indices of micro-ops: memory type, padding, scratchpad and DRAM range of LOAD
// and STORE; ALU operation and operand; micro-op range.
void check_instruction(const Site& site, const hw::Config& config, const Dram& dram);

// A micro-op's index, `name` is dst, src or wgt, after the factors have been added.
void check_index(const Site& site, const hw::Config& config, hw::Memory memory, const char* name,
                 uint64_t index);

// Rows and columns that a LOAD or STORE covers in its scratchpad, padding included.
uint64_t padded_rows(const isa::Instruction& instruction);
uint64_t padded_columns(const isa::Instruction& instruction);
// DRAM byte address of element (row, column) that a LOAD or STORE moves, padding not counted.
uint64_t dram_address(const isa::Instruction& instruction, const hw::Config& config, uint64_t row,
                      uint64_t column);

}  // namespace vta::sim
