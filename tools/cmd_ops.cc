// vta ops --doc: which operators there are, and where each can run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "tools/commands.h"
#include "vta/compiler/docs.h"

namespace vta::tools {

void add_ops_command(CLI::App& app) {
  auto doc = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("ops", "Print the table of operators: attributes, and where each can run");
  command->add_flag("--doc", *doc, "Print the table as Markdown")->required();
  command->footer("Examples:\n  vta ops --doc > docs/operators.md");
  command->callback([doc] { fmt::print("{}", compiler::operators_markdown()); });
}

}  // namespace vta::tools
