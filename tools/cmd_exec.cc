// vta exec: runs a recorded program on a simulator and compares every byte that it must leave.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/commands.h"
#include "tools/progress.h"
#include "vta/sim/replay.h"

namespace vta::tools {

namespace {

struct Options {
  std::string file;
  std::string device = "fsim";
  uint64_t seed = 0;
  std::string simd;
  bool json = false;
};

sim::SimdLevel simd_level(const std::string& name) {
  if (name.empty()) return sim::best_simd_level();
  for (const auto level :
       {sim::SimdLevel::kPortable, sim::SimdLevel::kAvx2, sim::SimdLevel::kAvx512Vnni}) {
    if (sim::simd_level_name(level) == name) return level;
  }
  fail("'{}' is not a SIMD level: portable, avx2, avx512vnni", name);
}

std::unique_ptr<sim::Simulator> make_simulator(const Options& options, const hw::Config& config) {
  if (options.device == "ref") return sim::make_reference(config, options.seed);
  return sim::make_functional(config, simd_level(options.simd));
}

void print_text(const sim::Replay& replay) {
  if (replay.difference) {
    fmt::print("{}\n", to_string(*replay.difference));
    return;
  }
  const sim::Counters& c = replay.counters;
  fmt::print(
      "match: {} instructions, {} GEMM MACs, {} ALU operations, {} bytes read, {} written, "
      "{:.6f} s\n",
      c.instructions, c.gemm_macs, c.alu_ops, c.dram_read_bytes, c.dram_write_bytes,
      replay.seconds);
}

void print_json(const sim::Replay& replay) {
  const sim::Counters& c = replay.counters;
  nlohmann::ordered_json json = {{"match", !replay.difference},
                                 {"instructions", c.instructions},
                                 {"gemm_macs", c.gemm_macs},
                                 {"alu_ops", c.alu_ops},
                                 {"dram_read_bytes", c.dram_read_bytes},
                                 {"dram_write_bytes", c.dram_write_bytes},
                                 {"seconds", replay.seconds}};
  if (replay.difference) json["difference"] = to_string(*replay.difference);
  fmt::print("{}\n", json.dump(2));
}

void execute(const Options& options) {
  const sim::Trace trace = sim::load_trace(options.file);
  const auto simulator = make_simulator(options, trace.config);
  const sim::Replay replay = [&] {
    const Progress progress("running " + options.file);
    return sim::replay(trace, *simulator);
  }();
  options.json ? print_json(replay) : print_text(replay);
  if (replay.difference) throw CLI::RuntimeError(1);
}

}  // namespace

void add_exec_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "exec", "Run a recorded program and compare every output byte with the record");
  command->add_option("file", options->file, "A .vtatrace file")->type_name("FILE")->required();
  add_device_option(*command, options->device, {"fsim", "ref"});
  add_seed_option(*command, options->seed);
  command
      ->add_option(
          "--simd", options->simd,
          "On --device fsim: portable, avx2 or avx512vnni; the best that this CPU has if not given")
      ->type_name("LEVEL");
  add_json_flag(*command, options->json);
  command->footer(
      "Exit status: 0 all bytes match, 1 a byte differs or the program faults.\n"
      "Examples:\n  vta exec conv.vtatrace\n  vta exec conv.vtatrace --device ref --seed 7 --json");
  command->callback([options] { execute(*options); });
}

}  // namespace vta::tools
