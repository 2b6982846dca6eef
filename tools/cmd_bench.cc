// vta bench: what a network takes on the accelerator, layer by layer, beside its bounds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tools/commands.h"
#include "tools/network_bench.h"

namespace vta::tools {

using compiler::LayerTiming;
using compiler::NetworkTiming;

namespace {

constexpr double kShownShare = 1;  // per cent of a layer's cycles

struct Options {
  Workload workload;
  std::string hw = "default";
  bool json = false;
};

std::string clipped(const std::string& text, size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 3) + "...";
}

double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

// Where the cycles went that did none of the layer's own MACs, the most first: "alu 74.3 %, …".
std::string lost_cycles(const LayerTiming& layer) {
  std::vector<size_t> uses(compiler::kCycleUses - 1);
  std::iota(uses.begin(), uses.end(), size_t{1});
  std::ranges::stable_sort(uses, std::ranges::greater(),
                           [&](size_t use) { return layer.uses[use]; });
  std::string text;
  for (const size_t use : uses) {
    const double share = percent(layer.uses[use], layer.cycles);
    if (share < kShownShare) break;
    text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", compiler::cycle_use_name(use),
                        share);
  }
  return text;
}

void print_layers(const Bench& result) {
  fmt::print("{:<28} {:<12} {:>10} {:>9} {:>9} {:>15} {:>6} {:>6}  {}\n", "layer", "operator",
             "cycles", "MMACs", "KiB", "bound", "of it", "MACs", "lost to");
  for (const LayerTiming& l : result.timing.layers) {
    fmt::print("{:<28} {:<12} {:>10} {:>9.3f} {:>9.1f} {:>10} {:<4} {:>5.1f}% {:>5.1f}%  {}\n",
               clipped(l.name, 28), clipped(l.op, 12), l.cycles, static_cast<double>(l.macs) / 1e6,
               static_cast<double>(l.dram_bytes) / 1024, l.bound(), bound_name(l),
               percent(l.bound(), l.cycles), 100 * result.utilisation_of(l.macs, l.cycles),
               lost_cycles(l));
  }
}

void print_network(const Bench& result) {
  const NetworkTiming& timing = result.timing;
  const auto row = [](std::string_view what, const std::string& value) {
    fmt::print("{:<28} {}\n", what, value);
  };
  fmt::print("\n");
  row("network, hardware", fmt::format("{}, {}", result.network, result.config().name));
  row("cycles", fmt::format("{}, {:.1f} % of them the bound", timing.cycles(),
                            percent(timing.bound(), timing.cycles())));
  row("utilisation", fmt::format("{:.1f} % of {} MACs a cycle", 100 * result.utilisation(),
                                 result.config().macs_per_cycle()));
  const auto talk = talk_fps(result);
  row("frames per second",
      fmt::format("{:.1f} at {} MHz{}", result.fps(), result.config().clock_mhz,
                  talk ? fmt::format(" (in the talk of 2018: {})", *talk) : ""));
  row("DRAM traffic",
      fmt::format("{:.2f} MB a frame", static_cast<double>(timing.dram_bytes()) / 1e6));
  row("device memory", fmt::format("{:.2f} MB of activations, at most at a time",
                                   static_cast<double>(result.report().activation_bytes) / 1e6));
  row("MACs on the accelerator",
      fmt::format("{:.1f} % of {:.1f} million",
                  percent(timing.macs(), static_cast<uint64_t>(result.report().macs())),
                  static_cast<double>(result.report().macs()) / 1e6));
  for (const compiler::NodeReport& node : result.report().nodes) {
    if (node.on_accelerator) continue;
    row("on the host, not counted", fmt::format("{} ({}): {}", node.name, node.op, node.reason));
  }
}

void run(const Options& options) {
  const hw::Config config = hw::load_config(options.hw);
  const Bench result =
      bench(options.workload.model, integer_network(options.workload, config.wgt_bits), config);
  if (options.json) {
    fmt::print("{}\n", bench_json(result).dump(2));
    return;
  }
  print_layers(result);
  print_network(result);
}

}  // namespace

void add_bench_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "bench", "Time a network on the accelerator, layer by layer, beside its bounds");
  command->footer(
      "Examples:\n"
      "  vta bench resnet18\n"
      "  vta bench resnet34 --hw ultra96 --json\n"
      "  vta bench model.onnx --dim batch=1\n"
      "Cycles are those of the cycle-exact model, from the first to the last instruction of each\n"
      "layer. A layer's bound is the larger of its own MACs / MACs per cycle and its operands and\n"
      "result, each once, / bytes per cycle. What the causes of lost cycles mean:\n"
      "docs/hardware.md, the compute unit.");
  add_workload_options(*command, options->workload);
  add_hw_option(*command, options->hw);
  add_json_flag(*command, options->json);
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
