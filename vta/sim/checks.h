// What makes an instruction illegal, in one place for all simulators: each check throws Fault with
// the instruction's index and text, the value and the limit.
#pragma once

#include <cstdint>
#include <string>

#include "vta/isa/field.h"
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

// That DRAM holds the whole program of `count` instructions at `address`, and that there is one.
void check_program(const isa::Encoding& encoding, const Dram& dram, uint64_t address,
                   uint64_t count);

// Instruction `index` of the program, decoded. Throws Fault when it does not decode, when it is
// FINISH and not the last or the last and not FINISH, or when a token bit names a neighbour that
// the unit does not have.
isa::Instruction fetch_instruction(const isa::Encoding& encoding, const Dram& dram,
                                   uint64_t address, uint64_t count, uint64_t index);

// Throws Fault: `site` gives a token to a queue that holds `depth` ones.
[[noreturn]] void token_overflow(const Site& site, isa::Unit from, isa::Unit to, int64_t depth);

// Everything but the indices of micro-ops: memory type, padding, scratchpad and DRAM range of LOAD
// and STORE; ALU operation and operand; micro-op range.
void check_instruction(const Site& site, const hw::Config& config, const Dram& dram);

// A micro-op's indices after the factors of the loops have been added.
struct Indices {
  uint64_t dst;
  uint64_t src;
  uint64_t wgt;
};
Indices indices_of(const isa::Instruction& instruction, const isa::MicroOp& uop, uint64_t outer,
                   uint64_t inner);

// Calls body(indices) for each micro-op of a GEMM or ALU, in order; `uops` is the micro-op buffer.
template <typename Body>
void for_each_micro_op(const isa::Instruction& instruction, const isa::MicroOp* uops,
                       const Body& body) {
  for (uint64_t outer = 0; outer < instruction.iter_out; ++outer) {
    for (uint64_t inner = 0; inner < instruction.iter_in; ++inner) {
      for (uint64_t u = instruction.uop_begin; u < instruction.uop_end; ++u) {
        body(indices_of(instruction, uops[u], outer, inner));
      }
    }
  }
}

// The indices that the micro-op uses: dst; src unless there is a reset or an immediate; the last of
// a requantise record; wgt.
void check_micro_op(const Site& site, const hw::Config& config, const Indices& indices);

// All of a GEMM's or ALU's micro-ops, in `uops`, the micro-op buffer.
void check_micro_ops(const Site& site, const hw::Config& config, const isa::MicroOp* uops);

// Micro-ops that a GEMM or ALU runs through, all iterations together.
uint64_t micro_op_count(const isa::Instruction& instruction);

// Rows and columns that a LOAD or STORE covers in its scratchpad, padding included.
uint64_t padded_rows(const isa::Instruction& instruction);
uint64_t padded_columns(const isa::Instruction& instruction);
// DRAM byte address of element (row, column) that a LOAD or STORE moves, padding not counted.
uint64_t dram_address(const isa::Instruction& instruction, const hw::Config& config, uint64_t row,
                      uint64_t column);

}  // namespace vta::sim
