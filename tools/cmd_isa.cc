// vta isa --doc: the instruction set's reference page for a configuration.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "tools/commands.h"
#include "vta/isa/docs.h"

namespace vta::tools {

namespace {

struct Options {
  std::string hw = "default";
  bool doc = false;
};

}  // namespace

void add_isa_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "isa", "Print the instruction set's reference: encodings, micro-ops, what instructions do");
  command->add_flag("--doc", options->doc, "Print the reference page as Markdown")->required();
  add_hw_option(*command, options->hw);
  command->footer("Examples:\n  vta isa --doc > docs/isa.md\n  vta isa --doc --hw ultra96");
  command->callback(
      [options] { fmt::print("{}", isa::isa_markdown(hw::load_config(options->hw))); });
}

}  // namespace vta::tools
