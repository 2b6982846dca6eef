// Programs as files: what `vta disasm` and `vta check` read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vta/isa/program.h"

namespace CLI {
class App;
}

namespace vta::tools {

struct ProgramSource {
  std::string path;        // .vasm, .vtatrace, .vtam, or .bin: encoded instructions
  std::string kernel;      // of a .vtam: only this one
  std::string hw;          // of a .bin; the other kinds name their own
  std::string uops_path;   // of a .bin: encoded micro-ops
  uint64_t uops_base = 0;  // the DRAM element that the first of them has
};

// FILE, --kernel, --hw, --uops, --uops-base.
void add_program_options(CLI::App& command, ProgramSource& source);

struct NamedProgram {
  std::string name;  // the kernel's; empty where the file holds a single program
  isa::Program program;
};

// The file's program, or of a .vtam each kernel's, placed in memory as module::placed_programs
// does. Throws Error that begins with the path.
std::vector<NamedProgram> read_programs(const ProgramSource& source);

}  // namespace vta::tools
