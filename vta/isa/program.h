// A whole program in decoded form: what the assembler, the disassembler, the checker and the
// command stream pass around.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "vta/isa/field.h"

namespace vta::isa {

struct Program {
  hw::Config config;
  std::vector<Instruction> instructions;  // FINISH is the last and the only one
  // Micro-ops in DRAM by element index (byte address / micro-op bytes): what LOADs of uop read.
  // Elements that are absent are unknown; executing one is an error to the checker.
  std::map<uint32_t, MicroOp> uops;
  // Bits that no field covers, in place, by instruction; only where some are set. They mean
  // nothing, but recorded programs have them, and encode to the same bytes again.
  std::map<uint32_t, Words> ignored_bits = {};
};

// The program's instructions as they lie in DRAM. Throws Error that names the instruction and the
// field when a value does not fit.
std::vector<uint8_t> encode_instructions(const Program& program);

// Appends the instruction that `bytes` encode. Throws as Encoding::decode.
void append_encoded(Program& program, const Encoding& encoding, std::span<const uint8_t> bytes);

}  // namespace vta::isa
