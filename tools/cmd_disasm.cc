// vta disasm: a program in any of its file forms to assembly text.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "tools/commands.h"
#include "tools/program_source.h"
#include "vta/base/file.h"
#include "vta/isa/assembly.h"

namespace vta::tools {

namespace {

struct Options {
  ProgramSource source;
  std::string output;
};

void run(const Options& options) {
  std::string text;
  for (const auto& [name, program] : read_programs(options.source)) {
    if (!name.empty()) text += fmt::format("# kernel {}\n", name);
    text += isa::disassemble(program);
  }
  if (options.output.empty()) {
    fmt::print("{}", text);
  } else {
    write_text_file(options.output, text);
  }
}

}  // namespace

void add_disasm_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("disasm", "Print a program as assembly text, which vta asm reads back");
  add_program_options(*command, options->source);
  command->add_option("-o,--output", options->output, "Write there and not to standard output")
      ->type_name("OUT.vasm");
  command->footer(
      "Examples:\n  vta disasm conv2d.vtatrace -o conv2d.vasm\n"
      "  vta disasm program.bin --hw ultra96 --uops uops.bin --uops-base 0x400\n"
      "  vta disasm resnet20.vtam --kernel conv1 -o conv1.vasm\n"
      "vta asm reads one program: of a .vtam with several kernels, choose one with --kernel.");
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
