// vta exec: runs a recorded program on a simulator and compares every byte that it must leave; on
// one that knows time, says where the cycles went.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/commands.h"
#include "tools/progress.h"
#include "tools/timing_report.h"
#include "vta/base/file.h"
#include "vta/rtlsim/rtl.h"
#include "vta/sim/chrome_trace.h"
#include "vta/sim/replay.h"

namespace vta::tools {

namespace {

struct Options {
  std::string file;
  std::string device = "fsim";
  uint64_t seed = 0;
  std::string simd;
  std::string trace;
  std::string wave;
  std::string wave_cycles;
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

// "A:B", either of which may be missing.
void parse_wave_cycles(const std::string& text, rtlsim::RtlOptions& rtl) {
  const auto number = [&](std::string_view digits, uint64_t absent) {
    if (digits.empty()) return absent;
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    require(error == std::errc() && end == digits.data() + digits.size(),
            "--wave-cycles {}: expected A:B, the cycles from A up to but not including B", text);
    return value;
  };
  const std::string_view view = text;
  const size_t colon = std::min(view.find(':'), view.size());
  rtl.wave_begin = number(view.substr(0, colon), 0);
  rtl.wave_end = colon == view.size() ? UINT64_MAX : number(view.substr(colon + 1), UINT64_MAX);
  require(rtl.wave_begin < rtl.wave_end, "--wave-cycles {}: there are no cycles from {} to {}",
          text, rtl.wave_begin, rtl.wave_end);
}

std::unique_ptr<sim::TimedSimulator> make_rtl(const Options& options, const hw::Config& config) {
  rtlsim::RtlOptions rtl{.wave = options.wave};
  if (!options.wave_cycles.empty()) parse_wave_cycles(options.wave_cycles, rtl);
  const Progress progress("building the RTL of " + config.name);
  return rtlsim::make_rtl(config, rtl);
}

// A simulator, and the same once more where it knows time.
struct Device {
  std::unique_ptr<sim::Simulator> simulator;
  const sim::TimedSimulator* timed = nullptr;

  explicit Device(std::unique_ptr<sim::Simulator> untimed) : simulator(std::move(untimed)) {}
  explicit Device(std::unique_ptr<sim::TimedSimulator> knows_time) : timed(knows_time.get()) {
    simulator = std::move(knows_time);
  }
};

Device make_device(const Options& options, const hw::Config& config) {
  if (options.device == "ref") return Device(sim::make_reference(config, options.seed));
  if (options.device == "tsim") return Device(sim::make_timed(config));
  if (options.device == "rtl") return Device(make_rtl(options, config));
  return Device(sim::make_functional(config, simd_level(options.simd)));
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

nlohmann::ordered_json replay_json(const sim::Replay& replay) {
  const sim::Counters& c = replay.counters;
  nlohmann::ordered_json json = {{"match", !replay.difference},
                                 {"instructions", c.instructions},
                                 {"gemm_macs", c.gemm_macs},
                                 {"alu_ops", c.alu_ops},
                                 {"dram_read_bytes", c.dram_read_bytes},
                                 {"dram_write_bytes", c.dram_write_bytes},
                                 {"seconds", replay.seconds}};
  if (replay.difference) json["difference"] = to_string(*replay.difference);
  return json;
}

void print_timing(const sim::Timing& timing, const sim::Bounds& bounds, double seconds) {
  fmt::print("{}\nsimulated {:.2f} million cycles a second\n", format_timing(timing, bounds),
             static_cast<double>(timing.cycles) / seconds / 1e6);
}

void execute(const Options& options) {
  const sim::Trace trace = sim::load_trace(options.file);
  require(options.trace.empty() || options.device == "tsim" || options.device == "rtl",
          "--trace needs a device that knows time: --device tsim or rtl");
  require((options.wave.empty() && options.wave_cycles.empty()) || options.device == "rtl",
          "--wave needs the hardware's signals: --device rtl");
  require(options.wave_cycles.empty() || !options.wave.empty(), "--wave-cycles needs --wave FILE");
  const Device device = make_device(options, trace.config);
  const sim::Replay replay = [&] {
    const Progress progress("running " + options.file);
    return sim::replay(trace, *device.simulator);
  }();
  nlohmann::ordered_json json = replay_json(replay);
  if (!options.json) print_text(replay);
  if (device.timed != nullptr) {
    const auto instructions = sim::program_of(trace).instructions;
    const sim::Timing& timing = device.timed->timing();
    const sim::Bounds bounds = sim::bounds_of(trace.config, instructions);
    if (!options.trace.empty()) {
      write_text_file(options.trace, sim::chrome_trace(instructions, timing));
    }
    add_timing(json, timing, bounds);
    if (!options.json) print_timing(timing, bounds, replay.seconds);
  }
  if (options.json) fmt::print("{}\n", json.dump(2));
  if (replay.difference) throw CLI::RuntimeError(1);
}

}  // namespace

void add_exec_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "exec", "Run a recorded program and compare every output byte with the record");
  command->add_option("file", options->file, "A .vtatrace file")->type_name("FILE")->required();
  add_device_option(*command, options->device, {"fsim", "ref", "tsim", "rtl"});
  add_seed_option(*command, options->seed);
  command
      ->add_option(
          "--simd", options->simd,
          "On --device fsim: portable, avx2 or avx512vnni; the best that this CPU has if not given")
      ->type_name("LEVEL");
  command
      ->add_option("--trace", options->trace,
                   "On --device tsim or rtl: write when each instruction ran, for ui.perfetto.dev")
      ->type_name("FILE.json");
  command->add_option("--wave", options->wave, "On --device rtl: write every signal, for gtkwave")
      ->type_name("FILE.fst");
  command
      ->add_option("--wave-cycles", options->wave_cycles,
                   "The cycles for --wave, from A up to but not including B; all if not given")
      ->type_name("A:B");
  add_json_flag(*command, options->json);
  command->footer(
      "On --device tsim and rtl also prints the cycles, what they cannot be less than, and the "
      "one\n"
      "cause of each cycle of each unit (docs/hardware.md).\n"
      "Exit status: 0 all bytes match, 1 a byte differs or the program faults.\n"
      "Examples:\n"
      "  vta exec conv.vtatrace\n"
      "  vta exec conv.vtatrace --device ref --seed 7 --json\n"
      "  vta exec conv.vtatrace --device tsim --trace conv.json\n"
      "  vta exec conv.vtatrace --device rtl --wave conv.fst --wave-cycles 1000:2000");
  command->callback([options] { execute(*options); });
}

}  // namespace vta::tools
