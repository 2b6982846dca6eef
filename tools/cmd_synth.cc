// vta synth: area and timing of the hardware, by open tools.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/commands.h"
#include "tools/progress.h"
#include "vta/base/error.h"
#include "vta/synth/synth.h"

namespace vta::tools {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string hw = "default";
  std::string family;
  std::string folder;
  bool place = false;
  bool json = false;
};

void print_json(const synth::Report& report, const hw::Config& config) {
  Json json = {{"hw", config.name}, {"family", report.family->name}};
  const auto resources = [](const synth::Resources& r) {
    return Json{{"luts", r.luts}, {"ffs", r.ffs}, {"dsps", r.dsps}, {"bram_bits", r.bram_bits}};
  };
  if (report.used) json["used"] = resources(*report.used);
  if (report.available) json["available"] = resources(*report.available);
  if (const auto fits = report.fits()) json["fits"] = *fits;
  if (report.area_um2) json["area_um2"] = *report.area_um2;
  if (report.longest_path_ns) json["longest_path_ns"] = *report.longest_path_ns;
  if (report.fmax_mhz) json["fmax_mhz"] = *report.fmax_mhz;
  if (report.fmax_mhz) json["meets_clock"] = *report.fmax_mhz >= config.clock_mhz;
  for (const auto& [kind, count] : report.placed) {
    json["placed"][kind] = {{"used", count.used}, {"available", count.available}};
  }
  if (!report.bitstream.empty()) json["bitstream"] = report.bitstream.string();
  json["cells"] = report.cells;
  fmt::print("{}\n", json.dump(2));
}

void execute(const Options& options) {
  const hw::Config config = hw::load_config(options.hw);
  const synth::Family* family = synth::family_of(config);
  if (!options.family.empty()) family = &synth::find_family(options.family);
  require(family != nullptr, "{} has no board whose family is known: give --family", config.name);
  const std::string folder = options.folder.empty()
                                 ? fmt::format("vta-synth-{}-{}", config.name, family->name)
                                 : options.folder;
  const synth::Report report = [&] {
    const Progress progress(fmt::format("synthesising {} for {}", config.name, family->name));
    return synth::synthesise(config, *family, {folder, options.place});
  }();
  if (options.json) {
    print_json(report, config);
  } else {
    fmt::print("{}", synth::to_text(report, config));
    if (!report.bitstream.empty()) fmt::print("bitstream       {}\n", report.bitstream.string());
  }
  if (report.fits() == false) throw CLI::RuntimeError(1);
}

}  // namespace

void add_synth_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "synth", "Synthesise the hardware: area, whether the board holds it, longest path or Fmax");
  add_hw_option(*command, options->hw);
  std::vector<std::string> names;
  for (const synth::Family& f : synth::families()) names.emplace_back(f.name);
  command
      ->add_option("--family", options->family,
                   "ice40, ecp5, xc7, xcup, cyclonev, osu018 (standard cells); that of the "
                   "configuration's board if not given")
      ->check(CLI::IsMember(names))
      ->type_name("NAME");
  command->add_flag("--place", options->place,
                    "Place and route with nextpnr, to a bitstream (ice40, ecp5 85F)");
  command
      ->add_option("-o,--output", options->folder,
                   "Folder for sources, netlist, logs; vta-synth-HW-FAMILY if not given")
      ->type_name("DIR");
  add_json_flag(*command, options->json);
  command->footer(
      "Exit status: 0 done, 1 a tool failed or the board is too small.\n"
      "Examples:\n  vta synth --hw pynq\n  vta synth --hw tiny --family osu018 --json\n"
      "  vta synth --hw hx8k --place\n  vta synth --hw ulx3s --place -o out");
  command->callback([options] { execute(*options); });
}

}  // namespace vta::tools
