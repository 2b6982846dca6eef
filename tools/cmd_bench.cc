// vta bench: what a network takes on the accelerator, layer by layer, beside its bounds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "tools/commands.h"
#include "tools/network_io.h"
#include "tools/progress.h"
#include "vta/compiler/network_timing.h"
#include "vta/graph/passes.h"
#include "vta/quantize/quantize.h"
#include "vta/zoo/zoo.h"

namespace vta::tools {

using Json = nlohmann::ordered_json;
using compiler::LayerTiming;
using compiler::NetworkTiming;

namespace {

constexpr double kShownShare = 1;  // per cent of a layer's cycles

struct Options {
  std::string model;
  std::string hw = "default";
  int64_t size = 0;
  NetworkOptions network;
  bool json = false;
};

struct Result {
  std::string network;
  hw::Config config;
  compiler::CompileReport report;
  NetworkTiming timing;

  // A share of the MACs that the array could have done; of the accelerator's own, as the time is.
  double utilisation() const { return utilisation_of(timing.macs(), timing.cycles()); }
  double utilisation_of(uint64_t macs, uint64_t cycles) const {
    if (cycles == 0) return 0;
    return static_cast<double>(macs) /
           (static_cast<double>(cycles) * static_cast<double>(config.macs_per_cycle()));
  }
  double fps() const {
    return timing.cycles() == 0 ? 0 : config.clock_mhz * 1e6 / static_cast<double>(timing.cycles());
  }
};

// Frames per second in the demonstration of the TVM conference talk of 2018, on an Ultra96.
struct TalkFigure {
  std::string_view network;
  int weight_bits;
  double fps;
};
constexpr std::array<TalkFigure, 2> kTalk = {{{"resnet34", 8, 10}, {"resnet18", 4, 19}}};

std::optional<double> talk_fps(const Result& result) {
  if (!result.config.board || result.config.board->name != "Ultra96") return std::nullopt;
  for (const TalkFigure& figure : kTalk) {
    if (figure.network == result.network && figure.weight_bits == result.config.wgt_bits) {
      return figure.fps;
    }
  }
  return std::nullopt;
}

bool in_zoo(const std::string& name) {
  return std::ranges::any_of(zoo::networks(),
                             [&](const zoo::Network& entry) { return entry.name == name; });
}

graph::Graph load(const Options& options) {
  if (in_zoo(options.model)) return zoo::build(options.model, {.size = options.size});
  require(options.size == 0, "--size is for networks that `vta zoo list` lists, not for {}",
          options.model);
  return load_network(options.model, options.network);
}

Result measure(const Options& options) {
  const graph::Graph network = load(options);
  Result result{
      .network = options.model, .config = hw::load_config(options.hw), .report = {}, .timing = {}};
  // Time does not depend on data: one input gives ranges, and the nearest steps weights, that are
  // as good as any.
  auto samples = random_samples(network, 0);
  samples.resize(1);
  const compiler::Compiled compiled = [&] {
    const Progress progress("compiling " + options.model);
    const graph::Graph simple = graph::simplify(network);
    return compiler::compile_integer(
        quantize::quantize(simple, quantize::calibrate(simple, samples),
                           {.weight_bits = result.config.wgt_bits}),
        result.config);
  }();
  result.report = compiled.report;
  Progress progress("timing", static_cast<int64_t>(compiled.module.kernels.size()));
  result.timing = compiler::time_network(compiled, [&] { progress.advance(); });
  return result;
}

std::string_view bound_name(const LayerTiming& layer) {
  return layer.mac_bound >= layer.dram_bound ? "mac" : "dram";
}

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

void print_layers(const Result& result) {
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

void print_network(const Result& result) {
  const NetworkTiming& timing = result.timing;
  const auto row = [](std::string_view what, const std::string& value) {
    fmt::print("{:<28} {}\n", what, value);
  };
  fmt::print("\n");
  row("network, hardware", fmt::format("{}, {}", result.network, result.config.name));
  row("cycles", fmt::format("{}, {:.1f} % of them the bound", timing.cycles(),
                            percent(timing.bound(), timing.cycles())));
  row("utilisation", fmt::format("{:.1f} % of {} MACs a cycle", 100 * result.utilisation(),
                                 result.config.macs_per_cycle()));
  const auto talk = talk_fps(result);
  row("frames per second",
      fmt::format("{:.1f} at {} MHz{}", result.fps(), result.config.clock_mhz,
                  talk ? fmt::format(" (in the talk of 2018: {})", *talk) : ""));
  row("DRAM traffic",
      fmt::format("{:.2f} MB a frame", static_cast<double>(timing.dram_bytes()) / 1e6));
  row("MACs on the accelerator",
      fmt::format("{:.1f} % of {:.1f} million",
                  percent(timing.macs(), static_cast<uint64_t>(result.report.macs())),
                  static_cast<double>(result.report.macs()) / 1e6));
  for (const compiler::NodeReport& node : result.report.nodes) {
    if (node.on_accelerator) continue;
    row("on the host, not counted", fmt::format("{} ({}): {}", node.name, node.op, node.reason));
  }
}

Json layer_json(const Result& result, const LayerTiming& layer) {
  Json json = {{"name", layer.name},
               {"op", layer.op},
               {"cycles", layer.cycles},
               {"macs", layer.macs},
               {"dram_bytes", layer.dram_bytes},
               {"least_dram_bytes", layer.least_dram_bytes},
               {"bound_cycles", layer.bound()},
               {"bound", bound_name(layer)},
               {"utilisation", result.utilisation_of(layer.macs, layer.cycles)}};
  for (size_t use = 0; use < layer.uses.size(); ++use) {
    json["uses"][compiler::cycle_use_name(use)] = layer.uses[use];
  }
  return json;
}

void print_json(const Result& result) {
  const NetworkTiming& timing = result.timing;
  Json json = {{"network", result.network},
               {"hw", result.config.name},
               {"cycles", timing.cycles()},
               {"bound_cycles", timing.bound()},
               {"macs", result.report.macs()},
               {"macs_on_accel", timing.macs()},
               {"utilisation", result.utilisation()},
               {"fps", result.fps()},
               {"clock_mhz", result.config.clock_mhz},
               {"dram_bytes", timing.dram_bytes()}};
  if (const auto talk = talk_fps(result)) json["talk_fps"] = *talk;
  json["layers"] = Json::array();
  for (const LayerTiming& layer : timing.layers) {
    json["layers"].push_back(layer_json(result, layer));
  }
  json["on_host"] = Json::array();
  for (const compiler::NodeReport& node : result.report.nodes) {
    if (node.on_accelerator) continue;
    json["on_host"].push_back(
        {{"name", node.name}, {"op", node.op}, {"macs", node.macs}, {"reason", node.reason}});
  }
  fmt::print("{}\n", json.dump(2));
}

void run(const Options& options) {
  const Result result = measure(options);
  if (options.json) {
    print_json(result);
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
  command->add_option("MODEL", options->model, "A network of `vta zoo list`, or a model file")
      ->type_name("NAME|FILE")
      ->required();
  add_hw_option(*command, options->hw);
  command
      ->add_option("--size", options->size,
                   "Height and width of the input of a NAME; not given: as published")
      ->type_name("N");
  add_network_options(*command, options->network);
  add_json_flag(*command, options->json);
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
