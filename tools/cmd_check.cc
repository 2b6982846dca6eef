// vta check: a static proof that a program is safe to run, or a counterexample.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/program_source.h"
#include "vta/isa/check.h"

namespace vta::tools {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const std::vector<isa::Finding>& findings) {
  Json list = Json::array();
  for (const isa::Finding& finding : findings) {
    list.push_back({{"kind", finding.kind},
                    {"instructions", finding.instructions},
                    {"memory", finding.memory},
                    {"entry", finding.entry},
                    {"message", finding.message}});
  }
  return list;
}

Json to_json(const isa::CheckReport& report) {
  return {{"ok", report.ok()},
          {"errors", to_json(report.errors)},
          {"errors_left_out", report.errors_left_out},
          {"warnings", to_json(report.warnings)},
          {"instructions", report.instructions},
          {"tokens", report.tokens},
          {"scratchpad_entries", report.scratchpad_entries},
          {"dram_bytes", report.dram_bytes},
          {"concurrent_pairs", report.concurrent_pairs},
          {"deepest_token_queues", report.deepest}};
}

struct Options {
  ProgramSource source;
  bool json = false;
};

struct NamedReport {
  std::string name;
  isa::CheckReport report;
};

void print_json(const std::vector<NamedReport>& reports, bool ok) {
  Json json;
  if (reports.size() == 1 && reports[0].name.empty()) {
    json = to_json(reports[0].report);
  } else {
    json = {{"ok", ok}, {"kernels", Json::array()}};
    for (const auto& [name, report] : reports) {
      json["kernels"].push_back({{"name", name}});
      json["kernels"].back().update(to_json(report));
    }
  }
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

void run(const Options& options) {
  std::vector<NamedReport> reports;
  bool ok = true;
  for (const auto& [name, program] : read_programs(options.source)) {
    reports.push_back({name, isa::check(program)});
    ok = ok && reports.back().report.ok();
    if (options.json) continue;
    if (!name.empty()) fmt::print("kernel {}: ", name);
    fmt::print("{}", isa::to_string(reports.back().report));
  }
  if (options.json) print_json(reports, ok);
  if (!ok) throw CLI::RuntimeError(1);
}

}  // namespace

void add_check_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "check",
      "Prove that a program stays in range, cannot deadlock and has no race, or show where not");
  add_program_options(*command, options->source);
  add_json_flag(*command, options->json);
  command->footer(
      "Examples:\n  vta check conv2d.vtatrace\n  vta check program.vasm --json\n"
      "  vta check resnet20.vtam\n"
      "Exit status 1 when the program has an error. Each error names the instructions and what is\n"
      "missing; tokens left over at the end are a warning.");
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
