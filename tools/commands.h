// The subcommands of `vta`: each file tools/cmd_NAME.cc defines one and adds it to the application.
//
// A command does its work in its CLI11 callback and reports trouble by throwing: vta::Error (or any
// std::exception) becomes one line `vta: MESSAGE` on standard error and exit status 1. A command
// whose answer is "no" (a difference, a failed proof) prints it itself and then throws
// CLI::RuntimeError(1), which sets the status and prints nothing. Wrong usage is status 2.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace vta::tools {

void add_asm_command(CLI::App& app);
void add_bench_command(CLI::App& app);
void add_check_command(CLI::App& app);
void add_compile_command(CLI::App& app);
void add_demo_command(CLI::App& app);
void add_disasm_command(CLI::App& app);
void add_eval_command(CLI::App& app);
void add_exec_command(CLI::App& app);
void add_fuzz_command(CLI::App& app);
void add_hw_command(CLI::App& app);
void add_isa_command(CLI::App& app);
void add_ops_command(CLI::App& app);
void add_quantize_command(CLI::App& app);
void add_report_command(CLI::App& app);
void add_rtl_command(CLI::App& app);
void add_run_command(CLI::App& app);
void add_synth_command(CLI::App& app);
void add_zoo_command(CLI::App& app);

// `--hw NAME|FILE`: a preset's name or a configuration file, for hw::load_config. `target` keeps
// its value, which the help text shows, where the option is not given.
CLI::Option* add_hw_option(CLI::App& command, std::string& target);
// `--device NAME`: one of `names`. Another one is wrong usage.
void add_device_option(CLI::App& command, std::string& target,
                       const std::vector<std::string>& names);
// `--seed N`, of the order of units on --device ref.
void add_seed_option(CLI::App& command, uint64_t& target);
// `--json`: the result as JSON on standard output.
void add_json_flag(CLI::App& command, bool& target);

}  // namespace vta::tools
