// Random programs for tests: every field anywhere in its range, so that encoders, assembler and
// checkers meet values that no compiler emits. They are seldom safe to run.
#pragma once

#include <random>

#include "vta/isa/program.h"

namespace vta::isa {

inline int64_t random_value(std::mt19937& random, Range range) {
  return std::uniform_int_distribution<int64_t>(range.low, range.high)(random);
}

// Fields that `instruction`'s opcode has get random values; about one in three stays zero.
inline Instruction random_instruction(std::mt19937& random, const Encoding& encoding,
                                      Instruction instruction) {
  const auto table = fields(instruction.opcode);
  for (size_t i = 0; i < table.size(); ++i) {
    const bool chosen = table[i].name == "opcode" || table[i].name == "memory" ||
                        table[i].name == "alu_op" || random() % 3 == 0;
    if (chosen) continue;
    const int width = encoding.placements(instruction.opcode)[i].width;
    table[i].set(instruction, random_value(random, legal_values(table[i], width)));
  }
  return instruction;
}

inline MicroOp random_uop(std::mt19937& random, const Encoding& encoding) {
  const auto& places = encoding.uop_placements();
  const auto value = [&](size_t i) {
    return static_cast<uint32_t>(random() & ((uint64_t{1} << places[i].width) - 1));
  };
  return {.dst = value(0), .src = value(1), .wgt = value(2)};
}

}  // namespace vta::isa
