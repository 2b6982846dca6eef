// What the tutorials share. Each is a program whose source and output make up a page of
// docs/tutorials/ (page.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vta/hw/config.h"
#include "vta/loop/interpret.h"

namespace vta::tutorials {

// main() of a tutorial: 0, or 1 and one line on standard error where an Error was thrown.
int run_tutorial(void (*body)());

// Prints one piece of output, and a line of dashes.
void show(const std::string& text);

// What a scheduled function costs.
struct Cost {
  uint64_t instructions = 0;
  uint64_t cycles = 0;
  uint64_t bound = 0;  // no program with these operations and bytes takes fewer cycles
};
std::string to_string(const Cost& cost);  // "123 instructions, 456 cycles, bound 400 (88 %)"

// What an expression, whose last parameter is the output, makes of random inputs: the interpreter
// computes it once.
class Expected {
 public:
  explicit Expected(const loop::Function& expression);

  // Generates the program of `scheduled`, proves it (vta/isa/check.h), runs it on the cycle-exact
  // model, and compares every byte of the output. Throws Error where one differs or the proof
  // fails.
  Cost run(const loop::Function& scheduled, const hw::Config& config) const;

 private:
  std::vector<std::vector<uint8_t>> inputs_;
  std::vector<uint8_t> output_;
};
// The program as assembly.
std::string program_text(const loop::Function& scheduled, const hw::Config& config);

}  // namespace vta::tutorials
