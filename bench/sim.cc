// bench_sim [--json]: the cycle-exact model beside the functional simulator and the Verilated RTL,
// on convolution layers of ResNet-18 at `default`. CPU time of one thread, all in one run; checks
// on the way that the bytes and the cycles are the same.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "bench/conv_program.h"
#include "bench/measure.h"
#include "vta/rtlsim/rtl.h"
#include "vta/sim/bounds.h"
#include "vta/sim/timing.h"

namespace vta::bench {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kRuns = 5;

// The targets: simulated cycles a second of the model alone, how much faster than the RTL with
// values, and how much slower than the functional simulator with values, the model's own time
// aside.
constexpr double kTimingTarget = 100e6;
constexpr double kRatioTarget = 50;
constexpr double kValuesTarget = 1.5;

struct Measured {
  double seconds = 0;
  uint64_t cycles = 0;
  std::vector<uint8_t> output;
};

// The median of `runs` runs after one to warm up.
Measured measure(const sim::Trace& trace, sim::Simulator& simulator, int runs) {
  Measured result;
  sim::Dram dram;
  place_segments(trace, dram);
  std::vector<double> seconds;
  for (int run = 0; run <= runs; ++run) {
    const double start = cpu_seconds();
    simulator.run(dram, trace.insn_addr, trace.insn_count);
    seconds.push_back(cpu_seconds() - start);
  }
  seconds.erase(seconds.begin());
  std::ranges::sort(seconds);
  result.seconds = seconds[seconds.size() / 2];
  result.output = output_bytes(trace, dram);
  return result;
}

Measured measure_timed(const sim::Trace& trace, sim::TimedSimulator& simulator, int runs) {
  Measured result = measure(trace, simulator, runs);
  result.cycles = simulator.timing().cycles;
  return result;
}

struct Row {
  std::string name;
  uint64_t macs = 0;
  uint64_t bound = 0;  // cycles: the largest of those of vta/sim/bounds.h
  Measured functional, timing_only, with_values, rtl;

  bool equal() const {
    return functional.output == with_values.output && functional.output == rtl.output &&
           timing_only.cycles == rtl.cycles && with_values.cycles == rtl.cycles;
  }
  double timing_rate() const { return static_cast<double>(rtl.cycles) / timing_only.seconds; }
  double rtl_rate() const { return static_cast<double>(rtl.cycles) / rtl.seconds; }
  double ratio_to_rtl() const { return rtl.seconds / with_values.seconds; }
  double values_ratio() const {
    return (with_values.seconds - timing_only.seconds) / functional.seconds;
  }
};

Row measure_layer(const ConvLayer& layer) {
  const sim::Trace trace = conv_program(layer);
  Row row;
  row.name = layer.name;
  const auto functional = sim::make_functional(trace.config);
  row.functional = measure(trace, *functional, kRuns);
  const auto timing_only = sim::make_timed(trace.config, {.values = false});
  row.timing_only = measure_timed(trace, *timing_only, kRuns);
  const auto with_values = sim::make_timed(trace.config, {});
  row.with_values = measure_timed(trace, *with_values, kRuns);
  const auto rtl = rtlsim::make_rtl(trace.config, {});
  row.rtl = measure_timed(trace, *rtl, 1);
  const isa::Program program = program_of(trace);
  row.macs = sim::work_of(trace.config, program.instructions).gemm_macs;
  row.bound = sim::bounds_of(trace.config, program.instructions).largest();
  return row;
}

std::vector<Row> measure_all() {
  std::vector<Row> rows;
  for (const ConvLayer& layer : {ConvLayer{"C2 64->64 3x3 56x56", 56, 64, 64},
                                 ConvLayer{"C5 128->128 3x3 28x28", 28, 128, 128},
                                 ConvLayer{"C8 256->256 3x3 14x14", 14, 256, 256},
                                 ConvLayer{"C11 512->512 3x3 7x7", 7, 512, 512}}) {
    rows.push_back(measure_layer(layer));
  }
  return rows;
}

void print_text(const std::vector<Row>& rows) {
  fmt::print("machine: {}, one thread, CPU time, median of {}; configuration default\n",
             cpu_model(), kRuns);
  fmt::print(
      "targets: tsim at least {:.0f} Mcycle/s, with values at least {:.0f} x rtl and, less "
      "that time, at most {} x fsim\n\n",
      kTimingTarget / 1e6, kRatioTarget, kValuesTarget);
  fmt::print("{:<24}{:>10}{:>8}{:>9}{:>12}{:>12}{:>12}{:>12}{:>10}{:>9}\n", "layer", "cycles",
             "bound", "fsim", "tsim", "tsim", "rtl", "rtl", "tsim/rtl", "values");
  fmt::print("{:<24}{:>10}{:>8}{:>9}{:>12}{:>12}{:>12}{:>12}{:>10}{:>9}\n", "", "", "", "ms",
             "Mcycle/s", "values, ms", "ms", "Mcycle/s", "faster", "x fsim");
  for (const Row& r : rows) {
    fmt::print(
        "{:<24}{:>10}{:>7.0f}%{:>9.2f}{:>12.0f}{:>12.2f}{:>12.1f}{:>12.2f}{:>10.0f}{:>9.2f}{}\n",
        r.name, r.rtl.cycles,
        100.0 * static_cast<double>(r.bound) / static_cast<double>(r.rtl.cycles),
        r.functional.seconds * 1e3, r.timing_rate() / 1e6, r.with_values.seconds * 1e3,
        r.rtl.seconds * 1e3, r.rtl_rate() / 1e6, r.ratio_to_rtl(), r.values_ratio(),
        r.equal() ? "" : "  DIFFERENT");
  }
}

void print_json(const std::vector<Row>& rows) {
  Json json = {{"machine", cpu_model()},
               {"targets",
                {{"tsim_cycles_per_second", kTimingTarget},
                 {"ratio_to_rtl", kRatioTarget},
                 {"values_ratio_to_fsim", kValuesTarget}}},
               {"layers", Json::array()}};
  for (const Row& r : rows) {
    json["layers"].push_back({{"name", r.name},
                              {"macs", r.macs},
                              {"cycles", r.rtl.cycles},
                              {"bound_cycles", r.bound},
                              {"fsim_seconds", r.functional.seconds},
                              {"tsim_seconds", r.timing_only.seconds},
                              {"tsim_values_seconds", r.with_values.seconds},
                              {"rtl_seconds", r.rtl.seconds},
                              {"tsim_cycles_per_second", r.timing_rate()},
                              {"rtl_cycles_per_second", r.rtl_rate()},
                              {"ratio_to_rtl", r.ratio_to_rtl()},
                              {"values_ratio_to_fsim", r.values_ratio()},
                              {"equal", r.equal()}});
  }
  fmt::print("{}\n", json.dump(2));
}

}  // namespace

int run(bool json) {
  const std::vector<Row> rows = measure_all();
  json ? print_json(rows) : print_text(rows);
  return std::ranges::all_of(rows, &Row::equal) ? 0 : 1;
}

}  // namespace vta::bench

int main(int argc, char** argv) {
  const bool json = argc == 2 && std::string_view(argv[1]) == "--json";
  if (argc > 1 && !json) {
    fmt::print(stderr, "usage: bench_sim [--json]\n");
    return 2;
  }
  try {
    return vta::bench::run(json);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_sim: {}\n", error.what());
    return 1;
  }
}
