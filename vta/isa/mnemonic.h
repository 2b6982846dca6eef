// How instructions and their fields are written in assembly text; shared by the assembler, the
// disassembler and the generated documentation.
#pragma once

#include <string>
#include <vector>

#include "vta/isa/field.h"

namespace vta::isa {

// Fields that the mnemonic says: the opcode, the memory type and the ALU operation.
bool is_in_mnemonic(const Field& field);
// Fields of one bit, set by their name alone.
bool is_flag(const Field& field);
// Addresses are written in base 16.
bool is_address(const Field& field);

std::string mnemonic(const Instruction& instruction);  // "load.inp", "alu.max", "gemm"

// Every mnemonic with the instruction that it stands for, all other fields zero.
struct Mnemonic {
  std::string text;
  Instruction instruction;
};
const std::vector<Mnemonic>& mnemonics();

}  // namespace vta::isa
