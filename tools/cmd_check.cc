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

void run(const Options& options) {
  const isa::CheckReport report = isa::check(read_program(options.source));
  if (options.json) {
    fmt::print("{}\n", to_json(report).dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{}", isa::to_string(report));
  }
  if (!report.ok()) throw CLI::RuntimeError(1);
}

}  // namespace

void add_check_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "check",
      "Prove that a program stays in range, cannot deadlock and has no race, or show where not");
  add_program_options(*command, options->source);
  command->add_flag("--json", options->json, "Print JSON on standard output");
  command->footer(
      "Examples:\n  vta check conv2d.vtatrace\n  vta check program.vasm --json\n"
      "Exit status 1 when the program has an error. Each error names the instructions and what is\n"
      "missing; tokens left over at the end are a warning.");
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
