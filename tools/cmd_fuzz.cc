// vta fuzz: random programs on several devices, which must agree in every byte and every cycle.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/progress.h"
#include "vta/base/error.h"
#include "vta/fuzz/fuzz.h"
#include "vta/fuzz/suite.h"

namespace vta::tools {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> hw;
  std::vector<std::string> devices = {"ref", "fsim", "tsim", "rtl"};
  uint64_t count = 100;
  uint64_t seed = 1;
  double minutes = 0;
  std::string folder;
  bool all_points = false;
  bool doc = false;
  bool json = false;
};

std::vector<hw::Config> configs(const Options& options) {
  if (options.hw.empty()) return fuzz::suite();
  std::vector<hw::Config> configs;
  for (const std::string& name : options.hw) {
    const std::string kRandom = "random";
    const bool drawn = name.starts_with(kRandom) && name.size() > kRandom.size() &&
                       name.find_first_not_of("0123456789", kRandom.size()) == std::string::npos;
    const auto known = fuzz::suite();
    const auto found = std::ranges::find(known, name, &hw::Config::name);
    configs.push_back(drawn ? fuzz::random_config(std::stoull(name.substr(kRandom.size())))
                      : found != known.end() ? *found
                                             : hw::load_config(name));
  }
  return configs;
}

bool knows_time(const std::vector<std::string>& devices) {
  return std::ranges::any_of(devices,
                             [](const auto& name) { return name == "tsim" || name == "rtl"; });
}

void print_json(const fuzz::Report& report, const std::vector<std::string>& missed) {
  Json found = Json::array();
  for (const fuzz::Found& one : report.found) {
    found.push_back({{"hw", one.config},
                     {"seed", one.seed},
                     {"kind", one.difference.in_cycles ? "cycles" : "bytes"},
                     {"message", one.difference.message},
                     {"file", one.file.string()}});
  }
  Json hits;
  for (size_t k = 0; k < fuzz::points().size(); ++k) {
    hits[fuzz::points()[k].name] = report.coverage.hits(k);
  }
  const Json json = {{"programs", report.programs},
                     {"must_fault", report.broken},
                     {"instructions", report.instructions},
                     {"cycles", report.cycles},
                     {"differences", report.differences},
                     {"cycle_differences", report.cycle_differences},
                     {"found", found},
                     {"coverage", {{"hits", hits}, {"missed", missed}}},
                     {"seconds", report.seconds}};
  fmt::print("{}\n", json.dump(2));
}

void print_text(const fuzz::Report& report, const std::vector<std::string>& missed) {
  for (const fuzz::Found& one : report.found) {
    fmt::print("{} seed {}: {}\n", one.config, one.seed, one.difference.message);
    fmt::print("  shrunk to {} instructions{}\n", one.shrunk.size(),
               one.file.empty() ? "" : " in " + one.file.string());
  }
  fmt::print(
      "{} programs ({} of them must fault), {} instructions, {} cycles: {} differences in bytes, "
      "{} in cycles, {:.1f} s\n",
      report.programs, report.broken, report.instructions, report.cycles, report.differences,
      report.cycle_differences, report.seconds);
  if (missed.empty()) {
    fmt::print("coverage: every point that applies is hit\n");
    return;
  }
  fmt::print("coverage: {} points that apply are not hit:\n", missed.size());
  for (const std::string& name : missed) fmt::print("  {}\n", name);
}

void run(const Options& options) {
  if (options.doc) {
    fmt::print("{}", fuzz::verification_markdown());
    return;
  }
  fuzz::Options campaign{.configs = configs(options),
                         .devices = {},
                         .count = options.count,
                         .seed = options.seed,
                         .seconds = options.minutes * 60,
                         .folder = options.folder};
  require(!options.devices.empty(), "no device is given");
  for (const std::string& name : options.devices) campaign.devices.push_back(fuzz::device(name));
  if (!options.folder.empty()) std::filesystem::create_directories(options.folder);
  const fuzz::Report report = [&] {
    const Progress progress("fuzzing");
    return fuzz::fuzz(campaign);
  }();
  const auto missed = report.coverage.missed(campaign.configs, knows_time(options.devices));
  options.json ? print_json(report, missed) : print_text(report, missed);
  if (!report.found.empty() || (options.all_points && !missed.empty())) throw CLI::RuntimeError(1);
}

}  // namespace

void add_fuzz_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "fuzz", "Run random programs on several devices and compare every byte and every cycle");
  command
      ->add_option("--hw", options->hw,
                   "Configurations: presets, JSON files, those of the built-in suite, or randomN; "
                   "the suite if not given")
      ->type_name("NAME|FILE");
  command->add_option("--devices", options->devices, "The devices, the one that is right first")
      ->delimiter(',')
      ->type_name("NAME,…")
      ->capture_default_str();
  command->add_option("--count", options->count, "Programs for each configuration")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the first program, and one more for each")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--minutes", options->minutes, "Stop after so long; 0: after the count")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("-o,--output", options->folder,
                   "Folder for the programs that differ, made small, as .vtatrace files")
      ->type_name("DIR");
  command->add_flag("--all-points", options->all_points,
                    "Exit status 1 also where a point of the coverage plan is not hit");
  command->add_flag("--doc", options->doc, "Print the coverage plan as Markdown");
  add_json_flag(*command, options->json);
  command->footer(
      "Exit status: 0 no difference, 1 a difference. vta exec runs what is written to DIR.\n"
      "Examples:\n  vta fuzz --count 200\n  vta fuzz --hw tiny --devices ref,fsim --seed 7 --json\n"
      "  vta fuzz --doc > docs/verification.md");
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
