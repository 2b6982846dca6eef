// Compares the host's compiled code with ONNX Runtime: ResNet-18, batch 1, in float and quantised.
// Runs of the two alternate, so that whatever else the machine does meets both; first their answers
// are compared. `scripts/install_onnxruntime.sh` brings ONNX Runtime.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "bench/measure.h"
#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/base/process.h"
#include "vta/codegen/runtime/runtime.h"
#include "vta/compiler/macs.h"
#include "vta/export/onnx.h"
#include "vta/export/qdq.h"
#include "vta/graph/passes.h"
#include "vta/loop/text.h"
#include "vta/ops/cpu/integer_network.h"
#include "vta/ops/cpu/network.h"
#include "vta/quantize/quantize.h"
#include "vta/zoo/zoo.h"

namespace vta::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Options {
  std::string network = "resnet18";
  std::string onnxruntime = "build/onnxruntime/node_modules/onnxruntime-node";
  int threads = 2;
  int rounds = 5;
  int runs = 20;  // a round, of each
  bool json = false;
};

template <typename F>
double milliseconds_of(const F& run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Operations a second that this machine's multipliers reach, at best: independent chains of
// multiply-adds in registers, on each thread.
double peak_gflops(codegen::Jit& jit, int threads) {
  constexpr int kSteps = 300000, kChains = 24, kLanes = 16;
  const loop::Function f = loop::parse(fmt::format(R"(
func peak(A: f32[16], B: f32[{0}, {1}, 16]) {{
  for t in {0} parallel {{
    alloc sums: f32[{1}, 16] local
    for i in {1} unrolled {{ for l in 16 vectorized {{ sums[i, l] = f32(i) }} }}
    for k in {2} {{
      for i in {1} unrolled {{ for l in 16 vectorized {{
        sums[i, l] = fma(sums[i, l], A[l], A[l])
      }} }}
    }}
    for i in {1} unrolled {{ for l in 16 vectorized {{ B[t, i, l] = sums[i, l] }} }}
  }}
}})",
                                                   threads, kChains, kSteps));
  const codegen::Kernel kernel = jit.compile(f);
  alignas(64) float a[kLanes] = {};
  std::vector<float> b(static_cast<size_t>(threads * kChains * kLanes) + 16);
  void* aligned = b.data();
  size_t space = b.size() * sizeof(float);
  std::align(64, space - 64, aligned, space);
  double best = 1e9;
  for (int i = 0; i < 10; ++i) {
    best = std::min(best, milliseconds_of([&] { kernel(std::vector<void*>{a, aligned}); }));
  }
  return 2.0 * threads * kSteps * kChains * kLanes / best / 1e6;
}

// As onnxruntime.js makes it.
Tensor input_for(const graph::Graph& network) {
  Tensor x(DType::kFloat32, network.value(network.inputs[0]).type.shape);
  const std::span<float> values = x.as<float>();
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(std::sin(static_cast<double>(i * i % 1000)));
  }
  return x;
}

// A folder that is gone with this object.
class Folder {
 public:
  explicit Folder(std::string_view name)
      : path_(fs::temp_directory_path() / fmt::format("vta_bench_{}_{}", name, ::getpid())) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Runs folder/model.onnx.
class OnnxRuntime {
 public:
  OnnxRuntime(const Options& options, const fs::path& folder) : options_(options), folder_(folder) {
    require(fs::exists(options.onnxruntime),
            "there is no {}: run scripts/install_onnxruntime.sh, or say --onnxruntime FOLDER",
            options.onnxruntime);
  }

  Json run(int runs) const {
    const fs::path log = folder_ / "log", out = folder_ / "out.json";
    const int status =
        run_process({"env", "ONNXRUNTIME_NODE=" + fs::absolute(options_.onnxruntime).string(),
                     "node", fs::absolute("bench/onnxruntime.js"), folder_ / "model.onnx",
                     std::to_string(options_.threads), std::to_string(runs), out},
                    folder_, log);
    require(status == 0, "onnxruntime.js failed: {}", read_text_file(log));
    return Json::parse(read_text_file(out));
  }

 private:
  const Options& options_;
  fs::path folder_;
};

// The largest difference, over the largest answer.
double difference_of(const Tensor& ours, const Json& theirs) {
  const std::span<const float> a = ours.as<float>();
  require(a.size() == theirs.size(), "ONNX Runtime gives {} values, must be {}", theirs.size(),
          a.size());
  float largest = 0, difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i]));
    difference = std::max(difference, std::abs(a[i] - theirs[i].get<float>()));
  }
  return difference / largest;
}

// One network, as we have compiled it and as ONNX Runtime reads it from `folder`.
struct Contest {
  std::string type;
  double most_difference;  // of answers; in bytes, each layer may round one step otherwise
  std::function<Tensor(const Tensor&)> ours;
  const Folder& folder;
};

Json measure(const Options& options, const Contest& contest, const Tensor& x) {
  const OnnxRuntime onnxruntime(options, contest.folder.path());
  const double difference = difference_of(contest.ours(x), onnxruntime.run(1)["output"]);
  require(difference <= contest.most_difference,
          "{}: answers differ by {:.4f} of the largest, must be at most {}", contest.type,
          difference, contest.most_difference);
  std::vector<double> ours, theirs, ratios;
  for (int round = 0; round < options.rounds; ++round) {
    std::vector<double> a;
    for (int i = 0; i < options.runs; ++i) a.push_back(milliseconds_of([&] { contest.ours(x); }));
    const auto b = onnxruntime.run(options.runs)["milliseconds"].get<std::vector<double>>();
    ours.push_back(*std::ranges::min_element(a));
    theirs.push_back(*std::ranges::min_element(b));
    ratios.push_back(theirs.back() / ours.back());
  }
  return {{"type", contest.type},    {"difference", difference},
          {"ours_ms", median(ours)}, {"onnxruntime_ms", median(theirs)},
          {"ratio", median(ratios)}, {"ratio_least", *std::ranges::min_element(ratios)}};
}

Json measure(const Options& options) {
  const graph::Graph network = zoo::build(options.network);
  const Tensor x = input_for(network);
  codegen::set_threads(options.threads);
  codegen::Jit jit;

  const ops::cpu::Network floats(simplify(fold_batch_norm(network)), jit);
  const Folder floats_folder("f32");
  exporter::save_onnx(floats_folder.path() / "model.onnx", network);

  const graph::Graph simple = simplify(network);
  const graph::Graph integer = quantize::quantize(
      simple, quantize::calibrate(simple, {{{simple.value(simple.inputs[0]).name, x}}}));
  const ops::cpu::IntegerNetwork bytes(integer, jit);
  const Folder bytes_folder("i8");
  const exporter::QdqGraph qdq = exporter::to_qdq(integer);
  exporter::save_onnx(bytes_folder.path() / "model.onnx", qdq.graph, qdq.constants);

  const Contest contests[] = {
      {"f32", 1e-3, [&](const Tensor& input) { return floats.run(input); }, floats_folder},
      {"i8", 0.1, [&](const Tensor& input) { return bytes.run(input); }, bytes_folder}};
  Json types = Json::array();
  for (const Contest& contest : contests) types.push_back(measure(options, contest, x));
  const double peak = peak_gflops(jit, options.threads);
  types[0]["bound_ms"] = 2 * static_cast<double>(compiler::macs(network)) / peak / 1e6;
  return {{"machine", cpu_model()},
          {"network", options.network},
          {"threads", options.threads},
          {"peak_gflops", peak},
          {"types", types}};
}

void print_text(const Options& options, const Json& r) {
  fmt::print("{}, {} threads, {}, batch 1; the best of {} runs, median of {} rounds\n", cpu_model(),
             options.threads, options.network, options.runs, options.rounds);
  fmt::print("{:<6}{:>12}{:>18}{:>9}{:>9}{:>14}\n", "type", "ours, ms", "ONNX Runtime, ms", "ratio",
             "least", "difference");
  for (const Json& t : r["types"]) {
    fmt::print("{:<6}{:>12.2f}{:>18.2f}{:>9.2f}{:>9.2f}{:>13.3f}%\n", t["type"].get<std::string>(),
               t["ours_ms"].get<double>(), t["onnxruntime_ms"].get<double>(),
               t["ratio"].get<double>(), t["ratio_least"].get<double>(),
               100 * t["difference"].get<double>());
  }
  fmt::print("bound of f32: {:.2f} ms at the measured peak of {:.0f} GFLOP/s\n",
             r["types"][0]["bound_ms"].get<double>(), r["peak_gflops"].get<double>());
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Compares the host's compiled code with ONNX Runtime, in float and quantised");
  app.add_option("--network", options.network, "of vta zoo")->capture_default_str();
  app.add_option("--onnxruntime", options.onnxruntime, "the npm package onnxruntime-node")
      ->capture_default_str();
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 256))->capture_default_str();
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--runs", options.runs, "in a round")->check(CLI::Range(1, 1000));
  app.add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  const Json r = measure(options);
  if (options.json) {
    fmt::print("{}\n", r.dump(2));
    return 0;
  }
  print_text(options, r);
  return 0;
}

}  // namespace
}  // namespace vta::bench

int main(int argc, char** argv) {
  try {
    return vta::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_cpu: {}\n", error.what());
    return 1;
  }
}
