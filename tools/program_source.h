// Programs as files: what `vta disasm` and `vta check` read.
#pragma once

#include <cstdint>
#include <string>

#include "vta/isa/program.h"

namespace CLI {
class App;
}

namespace vta::tools {

struct ProgramSource {
  std::string path;        // .vasm, .vtatrace, or .bin: encoded instructions
  std::string hw;          // of a .bin; the other kinds name their own
  std::string uops_path;   // of a .bin: encoded micro-ops
  uint64_t uops_base = 0;  // the DRAM element that the first of them has
};

// FILE, --hw, --uops, --uops-base.
void add_program_options(CLI::App& command, ProgramSource& source);

// Throws Error that begins with the path.
isa::Program read_program(const ProgramSource& source);

}  // namespace vta::tools
