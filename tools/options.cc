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

void add_device_option(CLI::App& command, std::string& target,
                       const std::vector<std::string>& names) {
  command
      .add_option("--device", target,
                  "What runs it: fsim, the fast simulator; ref, the reference interpreter of the "
                  "instruction set; tsim, the cycle-exact model; rtl, the hardware's SystemVerilog "
                  "(built at its first use); "
                  "float, where offered, the network before quantisation")
      ->check(CLI::IsMember(names))
      ->type_name("NAME")
      ->capture_default_str();
}

void add_seed_option(CLI::App& command, uint64_t& target) {
  command
      .add_option("--seed", target,
                  "On --device ref: the order of units that could go on; 0 is program order")
      ->type_name("N")
      ->capture_default_str();
}

void add_json_flag(CLI::App& command, bool& target) {
  command.add_flag("--json", target, "Print JSON on standard output");
}

}  // namespace vta::tools
