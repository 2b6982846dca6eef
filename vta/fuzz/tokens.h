// Tokens for a program that has none: as many as make it free of races, and others at random.
#pragma once

#include "vta/fuzz/random.h"
#include "vta/isa/program.h"

namespace vta::fuzz {

struct TokenStyle {
  // How often a token comes from a later instruction than the conflict asks for, which makes the
  // units take turns; else they run ahead as far as the conflicts allow.
  uint64_t percent_tight = 30;
  // How often an instruction takes a token for which there is no need.
  uint64_t percent_extra = 20;
  // How often the instructions of different units are mixed afresh in program order.
  uint64_t percent_mixed = 50;
};

// Sets the token bits; adds compute instructions that do nothing where the load and the store unit
// must wait for one another. Throws Error for a program with illegal instructions.
void insert_tokens(isa::Program& program, const TokenStyle& style, Random& random);

}  // namespace vta::fuzz
