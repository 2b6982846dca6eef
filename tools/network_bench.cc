#include "tools/network_bench.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "tools/progress.h"
#include "vta/graph/passes.h"
#include "vta/quantize/quantize.h"
#include "vta/zoo/zoo.h"

namespace vta::tools {

using Json = nlohmann::ordered_json;
using compiler::LayerTiming;
using compiler::NetworkTiming;

namespace {

// Frames per second in the demonstration of the TVM conference talk of 2018, on an Ultra96.
struct TalkFigure {
  std::string_view network;
  int weight_bits;
  double fps;
};
constexpr std::array<TalkFigure, 2> kTalk = {{{"resnet34", 8, 10}, {"resnet18", 4, 19}}};

bool in_zoo(const std::string& name) {
  return std::ranges::any_of(zoo::networks(),
                             [&](const zoo::Network& entry) { return entry.name == name; });
}

graph::Graph load(const Workload& workload) {
  if (in_zoo(workload.model)) return zoo::build(workload.model, {.size = workload.size});
  require(workload.size == 0, "--size is for networks that `vta zoo list` lists, not for {}",
          workload.model);
  return load_network(workload.model, workload.network);
}

Json layer_json(const Bench& bench, const LayerTiming& layer) {
  Json json = {{"name", layer.name},
               {"op", layer.op},
               {"cycles", layer.cycles},
               {"macs", layer.macs},
               {"dram_bytes", layer.dram_bytes},
               {"least_dram_bytes", layer.least_dram_bytes},
               {"bound_cycles", layer.bound()},
               {"bound", bound_name(layer)},
               {"utilisation", bench.utilisation_of(layer.macs, layer.cycles)}};
  for (size_t use = 0; use < layer.uses.size(); ++use) {
    json["uses"][compiler::cycle_use_name(use)] = layer.uses[use];
  }
  return json;
}

}  // namespace

void add_workload_options(CLI::App& command, Workload& workload) {
  command.add_option("MODEL", workload.model, "A network of `vta zoo list`, or a model file")
      ->type_name("NAME|FILE")
      ->required();
  command
      .add_option("--size", workload.size,
                  "Height and width of the input of a NAME; not given: as published")
      ->type_name("N");
  add_network_options(command, workload.network);
}

graph::Graph integer_network(const Workload& workload, int weight_bits) {
  const graph::Graph network = load(workload);
  auto samples = random_samples(network, 0);
  samples.resize(1);
  const Progress progress("quantising " + workload.model);
  const graph::Graph simple = graph::simplify(network);
  // The nearest steps for weights, which are as good as any here.
  return quantize::quantize(simple, quantize::calibrate(simple, samples),
                            {.weight_bits = weight_bits});
}

double Bench::utilisation_of(uint64_t macs, uint64_t cycles) const {
  if (cycles == 0) return 0;
  return static_cast<double>(macs) /
         (static_cast<double>(cycles) * static_cast<double>(config().macs_per_cycle()));
}

double Bench::fps() const {
  return timing.cycles() == 0 ? 0 : config().clock_mhz * 1e6 / static_cast<double>(timing.cycles());
}

Bench bench(const std::string& name, const graph::Graph& integer, const hw::Config& config) {
  Bench result{.network = name, .compiled = {}, .timing = {}};
  {
    const Progress progress("compiling " + name + " for " + config.name);
    result.compiled = compiler::compile_integer(integer, config);
  }
  Progress progress("timing", static_cast<int64_t>(result.compiled.module.kernels.size()));
  result.timing = compiler::time_network(result.compiled, [&] { progress.advance(); });
  return result;
}

std::string_view bound_name(const LayerTiming& layer) {
  return layer.mac_bound >= layer.dram_bound ? "mac" : "dram";
}

std::optional<double> talk_fps(const Bench& bench) {
  if (!bench.config().board || bench.config().board->name != "Ultra96") return std::nullopt;
  for (const TalkFigure& figure : kTalk) {
    if (figure.network == bench.network && figure.weight_bits == bench.config().wgt_bits) {
      return figure.fps;
    }
  }
  return std::nullopt;
}

Json bench_json(const Bench& bench) {
  const NetworkTiming& timing = bench.timing;
  Json json = {{"network", bench.network},
               {"hw", bench.config().name},
               {"cycles", timing.cycles()},
               {"bound_cycles", timing.bound()},
               {"macs", bench.report().macs()},
               {"macs_on_accel", timing.macs()},
               {"utilisation", bench.utilisation()},
               {"fps", bench.fps()},
               {"clock_mhz", bench.config().clock_mhz},
               {"dram_bytes", timing.dram_bytes()},
               {"activation_bytes", bench.report().activation_bytes}};
  if (const auto talk = talk_fps(bench)) json["talk_fps"] = *talk;
  json["layers"] = Json::array();
  for (const LayerTiming& layer : timing.layers) {
    json["layers"].push_back(layer_json(bench, layer));
  }
  json["on_host"] = Json::array();
  for (const compiler::NodeReport& node : bench.report().nodes) {
    if (node.on_accelerator) continue;
    json["on_host"].push_back(
        {{"name", node.name}, {"op", node.op}, {"macs", node.macs}, {"reason", node.reason}});
  }
  return json;
}

}  // namespace vta::tools
