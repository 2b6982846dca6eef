// The text form of a program (.vasm): one instruction a line, with the names of the field table.
//
//   .config default                    a preset, or a configuration's JSON object on the line
//      0: load.uop sram_base=0 dram_base=0x400 y_size=1 x_size=2 x_stride=2
//      1: gemm pop_prev push_prev uop_begin=0 uop_end=2 iter_out=14 iter_in=1 dst_factor_out=1
//      2: alu.max uop_end=2 iter_out=1 iter_in=1 use_imm imm=-5
//      3: finish
//   .uops 0x400                        micro-ops in DRAM from this element on, one a line
//     dst=0 src=0 wgt=0
//     dst=1 src=4 wgt=0
//
// The mnemonic is the opcode, with the memory type or the ALU operation after a dot. A field of one
// bit is set by its name alone, others by name=value, decimal or 0x; what is not named is 0. A
// number with a colon before an instruction is for the reader and is not checked. '#' begins a
// comment, but not on the .config line. ignored=0x… holds bits of the encoding that no field
// covers, in their place; recorded programs have some.
#pragma once

#include <string>
#include <string_view>

#include "vta/isa/program.h"

namespace vta::isa {

// "load.inp push_next dram_base=0x1000 y_size=1 x_size=16 x_stride=16"; zeros are left out.
std::string to_string(const Instruction& instruction);
std::string to_string(const MicroOp& uop);  // "dst=0 src=0 wgt=0"

// assemble(disassemble(p)) is p, except for fields that an instruction's opcode does not have.
std::string disassemble(const Program& program);

// Throws Error that begins with `origin`:LINE:COLUMN and says what is legal there. A value that
// does not fit its field at the program's configuration is an error; whether the program is safe to
// run is not looked at (see check.h).
Program assemble(std::string_view text, std::string_view origin = "assembly");

}  // namespace vta::isa
