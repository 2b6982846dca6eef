// bench_layers [--json]: the convolutions of ResNet-18 in their default schedules at `default`,
// with bias, requantisation and clip: cycles on tsim beside the lower bound, and what the compute
// unit waits for.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bench/resnet18_layers.h"
#include "vta/ops/accel/conv2d_model.h"

namespace vta::bench {

namespace {

using Json = nlohmann::ordered_json;

struct Row {
  const Layer* layer;
  ops::accel::Conv2dKnobs knobs;
  double estimate;
  codegen::accel::Timed timed;
};

Row measure(const Layer& layer, const hw::Config& config) {
  const auto knobs = ops::accel::default_knobs(layer.shape(), config);
  return {&layer, knobs, *ops::accel::estimated_cycles(layer.shape(), knobs, config),
          time_layer(layer, knobs, config)};
}

double percent(uint64_t part, uint64_t whole) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

uint64_t compute_cycles(const Row& row, sim::Cause cause) {
  return row.timed.timing.attribution[2][static_cast<size_t>(cause)];
}

void print_text(const std::vector<Row>& rows) {
  fmt::print("{:<5}{:>6}{:>10}{:>10}{:>8}{:>10}{:>9}{:>9}{:>9}{:>7}{:>7}  {}\n", "layer", "count",
             "cycles", "bound", "of it", "estimate", "mac", "alu", "dram", "issue", "insns",
             "knobs: out in rows columns threads");
  for (const Row& r : rows) {
    const sim::Bounds& b = r.timed.bounds;
    const auto& k = r.knobs;
    fmt::print(
        "{:<5}{:>6}{:>10}{:>10}{:>7.1f}%{:>10.0f}{:>9}{:>9}{:>9}{:>7}{:>7}  {} {} {} {} {} {}{}\n",
        r.layer->name, r.layer->count, r.timed.timing.cycles, b.largest(),
        percent(b.largest(), r.timed.timing.cycles), r.estimate, b.mac, b.alu, b.dram, b.issue,
        r.timed.program.instructions.size(), k.out_blocks, k.in_blocks, k.rows, k.columns,
        k.threads, ops::accel::name_of(k.across), k.weights_stay ? ", weights stay" : "");
  }
  fmt::print("\ncompute unit, cycles by cause:\n{:<5}", "layer");
  for (const std::string_view cause : sim::kCauseNames) fmt::print("{:>14}", cause);
  for (const Row& r : rows) {
    fmt::print("\n{:<5}", r.layer->name);
    for (size_t c = 0; c < sim::kCauseNames.size(); ++c) {
      fmt::print("{:>14}", compute_cycles(r, static_cast<sim::Cause>(c)));
    }
  }
  uint64_t sum = 0, bound = 0;
  for (const Row& r : rows) {
    sum += static_cast<uint64_t>(r.layer->count) * r.timed.timing.cycles;
    bound += static_cast<uint64_t>(r.layer->count) * r.timed.bounds.largest();
  }
  fmt::print("\n\nsum, each as often as ResNet-18 has it: {} cycles, bound {} ({:.1f} %)\n", sum,
             bound, percent(bound, sum));
}

void print_json(const std::vector<Row>& rows) {
  Json json = {{"layers", Json::array()}};
  uint64_t sum = 0;
  for (const Row& r : rows) {
    sum += static_cast<uint64_t>(r.layer->count) * r.timed.timing.cycles;
    json["layers"].push_back({{"name", r.layer->name},
                              {"count", r.layer->count},
                              {"cycles", r.timed.timing.cycles},
                              {"bound", r.timed.bounds.largest()},
                              {"macs", r.timed.macs}});
  }
  json["sum_cycles"] = sum;
  fmt::print("{}\n", json.dump(2));
}

}  // namespace

void run(bool json) {
  const hw::Config config = hw::load_config("default");
  std::vector<Row> rows;
  for (const Layer& layer : kResnet18Layers) rows.push_back(measure(layer, config));
  json ? print_json(rows) : print_text(rows);
}

}  // namespace vta::bench

int main(int argc, char** argv) {
  const bool json = argc == 2 && std::string_view(argv[1]) == "--json";
  if (argc > 1 && !json) {
    fmt::print(stderr, "usage: bench_layers [--json]\n");
    return 2;
  }
  try {
    vta::bench::run(json);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_layers: {}\n", error.what());
    return 1;
  }
}
