// Options that several commands share.
#include <CLI/CLI.hpp>

#include "tools/commands.h"

namespace vta::tools {

CLI::Option* add_hw_option(CLI::App& command, std::string& target) {
  return command
      .add_option("--hw", target, "Hardware configuration: a preset's name or a JSON file")
      ->type_name("NAME|FILE")
      ->capture_default_str();
}

}  // namespace vta::tools
