// vta rtl: the accelerator's SystemVerilog for a configuration.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/commands.h"
#include "vta/rtl/bundle.h"

namespace vta::tools {

namespace {

struct Options {
  std::string hw = "default";
  std::string output;
  bool json = false;
};

void run(const Options& options) {
  const hw::Config config = hw::load_config(options.hw);
  rtl::write_bundle(config, options.output);
  auto files = nlohmann::ordered_json::array();
  for (const rtl::BundleFile& file : rtl::bundle(config)) files.push_back(file.name);
  if (options.json) {
    const nlohmann::ordered_json json = {{"config", config.name},
                                         {"fingerprint", config.fingerprint()},
                                         {"top", "vta"},
                                         {"folder", options.output},
                                         {"files", files}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}: {} files for {} ({}); the sources are listed in vta.f, the top module is vta\n",
             options.output, files.size(), config.name, config.fingerprint());
}

}  // namespace

void add_rtl_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "rtl", "Write the accelerator's SystemVerilog, registers and file list for a configuration");
  add_hw_option(*command, options->hw);
  command->add_option("-o,--output", options->output, "Folder for the files")
      ->type_name("DIR")
      ->required();
  add_json_flag(*command, options->json);
  command->footer(
      "Examples:\n  vta rtl --hw ultra96 -o ultra96-rtl\n  vta rtl --hw my.json -o rtl --json");
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
