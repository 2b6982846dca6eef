// The command `vta`: parses the command line, runs one subcommand, and turns errors into one line
// on standard error and an exit status.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "tools/commands.h"

namespace vta::tools {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

// The innermost subcommand that the command line names, and the words that lead there: "vta hw
// show".
struct Command {
  const CLI::App* app;
  std::string path;
};

Command innermost_command(const CLI::App& app) {
  Command at{&app, app.get_name()};
  while (!at.app->get_subcommands().empty()) {
    at.app = at.app->get_subcommands().front();
    at.path += " " + at.app->get_name();
  }
  return at;
}

// CLI11 says only that a subcommand is missing where a word is none of them.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const auto words = app.remaining(true);
  const auto choices = innermost_command(app).app->get_subcommands(nullptr);
  if (words.empty() || choices.empty()) return error.what();
  std::string names;
  for (const CLI::App* choice : choices) {
    names += (names.empty() ? "" : ", ") + choice->get_name();
  }
  return fmt::format("'{}' is not one of {}", words.front(), names);
}

int report_usage_error(const CLI::App& app, const CLI::ParseError& error) {
  std::string message = usage_message(app, error);
  std::replace(message.begin(), message.end(), '\n', ' ');
  fmt::print(stderr, "vta: {}; see '{} --help'\n", message, innermost_command(app).path);
  return kWrongUsage;
}

int run(int argc, char** argv) {
  CLI::App app("VTA, an open deep-learning acceleration stack.");
  app.name("vta");
  app.set_version_flag("--version", std::string("vta ") + VTA_VERSION);
  app.require_subcommand(1);
  app.footer("'vta COMMAND --help' explains a command and shows examples.");
  add_compile_command(app);
  add_run_command(app);
  add_quantize_command(app);
  add_eval_command(app);
  add_bench_command(app);
  add_report_command(app);
  add_zoo_command(app);
  add_synth_command(app);
  add_demo_command(app);
  add_hw_command(app);
  add_isa_command(app);
  add_ops_command(app);
  add_rtl_command(app);
  add_asm_command(app);
  add_disasm_command(app);
  add_exec_command(app);
  add_check_command(app);
  add_fuzz_command(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RuntimeError& error) {
    return error.get_exit_code();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return report_usage_error(app, error);
  }
  return 0;
}

}  // namespace

}  // namespace vta::tools

int main(int argc, char** argv) {
  try {
    return vta::tools::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "vta: {}\n", error.what());
    return vta::tools::kFailed;
  }
}
