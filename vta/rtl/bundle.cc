#include "vta/rtl/bundle.h"

#include <fmt/format.h>

#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/rtl/package.h"
#include "vta/rtl/register_map.h"
#include "vta/rtl/sources.h"

namespace vta::rtl {

namespace {

std::string file_name(std::string_view path) {
  return std::filesystem::path(path).filename().string();
}

std::string readme(const hw::Config& c) {
  return fmt::format(
      "# Accelerator `{}`\n\n"
      "Written by `vta rtl`. Configuration `{}`: {} x {} x {} (batch x block_in x block_out), a "
      "{}-bit\n"
      "AXI4 bus.\n\n"
      "| file | |\n| --- | --- |\n"
      "| `vta_pkg.sv` | the configuration's constants; compile it first |\n"
      "| `vta.sv` | the top module `vta`; the other `.sv` files are below it |\n"
      "| `vta.f` | the sources in order |\n"
      "| `vta_registers.h`, `vta_registers.md` | the registers, for a driver in C and to read |\n"
      "| `config.json` | the configuration, which `vta --hw` reads |\n\n"
      "One clock `clk_i`, a synchronous reset `rst_ni`. Memories infer block RAM and multipliers "
      "DSP blocks; there\n"
      "are no vendor primitives. `VTA_ASSERT` turns the assertions on.\n\n"
      "    verilator --lint-only -Wall -f vta.f --top-module vta\n"
      "    iverilog -g2012 -s vta -f vta.f\n"
      "    yosys -p \"read_verilog -sv vta_pkg.sv $(grep -v pkg vta.f | tr '\\n' ' '); "
      "synth_xilinx -top vta\"\n",
      c.name, c.fingerprint(), c.batch, c.block_in, c.block_out, c.bus_bits);
}

}  // namespace

std::vector<BundleFile> bundle(const hw::Config& config) {
  std::vector<BundleFile> files = {{"vta_pkg.sv", package_text(config)}};
  for (const EmbeddedFile& source : sources()) {
    files.push_back({file_name(source.name), std::string(source.text)});
  }
  std::string list;
  for (const BundleFile& file : files) list += file.name + "\n";
  files.push_back({"vta.f", list});
  files.push_back({"vta_registers.h", register_header(config)});
  files.push_back({"vta_registers.md", "# Registers\n\n" + register_markdown()});
  files.push_back({"config.json", hw::to_json(config)});
  files.push_back({"README.md", readme(config)});
  return files;
}

void write_bundle(const hw::Config& config, const std::filesystem::path& folder) {
  const std::vector<BundleFile> files = bundle(config);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  require(!error, "{}: cannot create the folder: {}", folder.string(), error.message());
  for (const BundleFile& file : files) write_text_file(folder / file.name, file.text);
}

}  // namespace vta::rtl
