// vta asm: assembly text to encoded instructions.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tools/commands.h"
#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/isa/assembly.h"

namespace vta::tools {

namespace {

struct Options {
  std::string input;
  std::string output;
  std::string uops_output;
};

void write_uops(const isa::Program& program, const std::string& path) {
  const isa::Encoding encoding(program.config);
  require(!program.uops.empty(), "{}: the program has no micro-ops to write", path);
  const uint64_t first = program.uops.begin()->first;
  const uint64_t count = program.uops.rbegin()->first - first + 1;
  require(count == program.uops.size(),
          "{}: micro-ops lie in more than one piece between elements {:#x} and {:#x}; a file holds "
          "one piece",
          path, first, first + count - 1);
  std::vector<uint8_t> bytes;
  for (const auto& [_, uop] : program.uops) encoding.encode(uop, bytes);
  write_file(path, bytes);
  fmt::print("{}: {} micro-ops of {} bytes, from DRAM element {:#x} on\n", path, count,
             encoding.uop_bytes(), first);
}

void run(const Options& options) {
  const isa::Program program = isa::assemble(read_text_file(options.input), options.input);
  const std::vector<uint8_t> bytes = isa::encode_instructions(program);
  write_file(options.output, bytes);
  fmt::print("{}: {} instructions, {} bytes, for {}\n", options.output, program.instructions.size(),
             bytes.size(), program.config.name);
  if (!options.uops_output.empty()) write_uops(program, options.uops_output);
}

}  // namespace

void add_asm_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("asm", "Assemble a .vasm file to encoded instructions");
  command->add_option("file", options->input, "Assembly text; its .config line names the hardware")
      ->type_name("FILE.vasm")
      ->required();
  command->add_option("-o,--output", options->output, "Where the encoded instructions go")
      ->type_name("OUT.bin")
      ->required();
  command->add_option("--uops", options->uops_output, "Where the encoded micro-ops go")
      ->type_name("UOPS.bin");
  command->footer(
      "Examples:\n  vta asm program.vasm -o program.bin\n"
      "  vta asm program.vasm -o program.bin --uops uops.bin\n"
      "The text form: vta disasm FILE.vtatrace; fields and their meaning: vta isa --doc.");
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
