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
  const std::string text = isa::disassemble(read_program(options.source));
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
      "  vta disasm program.bin --hw ultra96 --uops uops.bin --uops-base 0x400");
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
