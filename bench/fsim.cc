// bench_fsim [--json]: the fast functional simulator, on each of its paths, beside the reference
// interpreter: convolution layers of ResNet-18 and, where they are present, the recorded programs
// (in the folder that VTA_TRACES names, or ../shared/traces). Figures are CPU time of one thread.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "bench/conv_program.h"
#include "bench/measure.h"
#include "vta/sim/kernels.h"
#include "vta/sim/simulator.h"

namespace vta::bench {

namespace {

using Json = nlohmann::ordered_json;
using sim::SimdLevel;

constexpr uint64_t kSmallestMacs = 100'000;  // recorded programs with fewer say little
constexpr int kRuns = 5;

struct Path {
  std::string name;
  std::optional<SimdLevel> level;  // none: the reference interpreter
  double target = 0;               // GMAC/s
};

const std::vector<Path>& paths() {
  static const std::vector<Path> kPaths = {{"ref", std::nullopt, 0},
                                           {"portable", SimdLevel::kPortable, 2},
                                           {"avx2", SimdLevel::kAvx2, 12},
                                           {"avx512vnni", SimdLevel::kAvx512Vnni, 60}};
  return kPaths;
}

struct Result {
  std::string path;
  double seconds = 0;
  double gmacs = 0;
  double ratio_to_ref = 1;
  double target = 0;
  bool equal = true;
};

struct Workload {
  std::string name;
  uint64_t macs = 0;
  std::vector<Result> results;
};

// The median of several runs after one to warm up; the reference, which is slow, runs once.
double time_of(const sim::Trace& trace, const Path& path, sim::Counters& counters,
               std::vector<uint8_t>& output) {
  sim::Dram dram;
  place_segments(trace, dram);
  const auto simulator = path.level ? sim::make_functional(trace.config, *path.level)
                                    : sim::make_reference(trace.config);
  std::vector<double> seconds;
  for (int run = 0; run < (path.level ? kRuns + 1 : 1); ++run) {
    const double start = cpu_seconds();
    counters = simulator->run(dram, trace.insn_addr, trace.insn_count);
    seconds.push_back(cpu_seconds() - start);
    if (run == 0) output = output_bytes(trace, dram);
  }
  if (path.level) seconds.erase(seconds.begin());
  std::ranges::sort(seconds);
  return seconds[seconds.size() / 2];
}

Workload measure(const sim::Trace& trace) {
  Workload workload{.name = trace.name, .macs = 0, .results = {}};
  std::vector<uint8_t> expected;
  for (const Path& path : paths()) {
    if (path.level && !sim::is_available(*path.level)) continue;
    sim::Counters counters;
    std::vector<uint8_t> output;
    Result result{.path = path.name, .target = path.target};
    result.seconds = time_of(trace, path, counters, output);
    workload.macs = counters.gemm_macs;
    if (!path.level) expected = output;
    result.equal = output == expected;
    result.gmacs = static_cast<double>(counters.gemm_macs) / result.seconds / 1e9;
    if (path.level) result.ratio_to_ref = workload.results.front().seconds / result.seconds;
    workload.results.push_back(result);
  }
  return workload;
}

std::vector<sim::Trace> recorded_traces() {
  const char* folder = std::getenv("VTA_TRACES");
  const std::filesystem::path path = folder ? folder : "../shared/traces";
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().extension() == ".vtatrace") files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  std::vector<sim::Trace> traces;
  for (const auto& file : files) traces.push_back(sim::load_trace(file));
  return traces;
}

std::vector<Workload> measure_all() {
  const std::vector<ConvLayer> layers = {{"C2 64->64 3x3 56x56", 56, 64, 64},
                                         {"C5 128->128 3x3 28x28", 28, 128, 128},
                                         {"C8 256->256 3x3 14x14", 14, 256, 256},
                                         {"C11 512->512 3x3 7x7", 7, 512, 512}};
  std::vector<Workload> workloads;
  for (const ConvLayer& layer : layers) workloads.push_back(measure(conv_program(layer)));
  for (const sim::Trace& trace : recorded_traces()) {
    Workload workload = measure(trace);
    if (workload.macs >= kSmallestMacs) workloads.push_back(std::move(workload));
  }
  return workloads;
}

void print_text(const std::vector<Workload>& workloads) {
  fmt::print("machine: {}, one thread, CPU time, median of {}\n", cpu_model(), kRuns);
  for (const Path& path : paths()) {
    if (!path.level) continue;
    fmt::print("{:<11} target {:>3} GMAC/s on the layers{}\n", path.name, path.target,
               sim::is_available(*path.level) ? "" : "; this CPU cannot run it");
  }
  for (const Workload& w : workloads) {
    fmt::print("\n{} ({:.1f} MMAC)\n", w.name, static_cast<double>(w.macs) / 1e6);
    for (const Result& r : w.results) {
      fmt::print("  {:<11} {:>10.3f} ms {:>8.2f} GMAC/s {:>8.1f} x ref  {}\n", r.path,
                 r.seconds * 1e3, r.gmacs, r.ratio_to_ref, r.equal ? "equal" : "DIFFERENT");
    }
  }
}

void print_json(const std::vector<Workload>& workloads) {
  Json json = {{"machine", cpu_model()}, {"workloads", Json::array()}};
  for (const Workload& w : workloads) {
    Json results = Json::array();
    for (const Result& r : w.results) {
      results.push_back({{"path", r.path},
                         {"seconds", r.seconds},
                         {"gmacs", r.gmacs},
                         {"ratio_to_ref", r.ratio_to_ref},
                         {"target_gmacs", r.target},
                         {"equal", r.equal}});
    }
    json["workloads"].push_back({{"name", w.name}, {"macs", w.macs}, {"results", results}});
  }
  fmt::print("{}\n", json.dump(2));
}

}  // namespace

int run(bool json) {
  const auto workloads = measure_all();
  json ? print_json(workloads) : print_text(workloads);
  const bool all_equal = std::ranges::all_of(
      workloads, [](const Workload& w) { return std::ranges::all_of(w.results, &Result::equal); });
  return all_equal ? 0 : 1;
}

}  // namespace vta::bench

int main(int argc, char** argv) {
  const bool json = argc == 2 && std::string_view(argv[1]) == "--json";
  if (argc > 1 && !json) {
    fmt::print(stderr, "usage: bench_fsim [--json]\n");
    return 2;
  }
  try {
    return vta::bench::run(json);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_fsim: {}\n", error.what());
    return 1;
  }
}
