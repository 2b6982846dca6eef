// bench_compile [--json] [--hw NAME|FILE] [NETWORK …]: CPU seconds of one core from an integer
// network to its module: choosing tiles, rewriting schedules, generating programs, packing weights.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "bench/measure.h"
#include "vta/compiler/compile.h"
#include "vta/graph/passes.h"
#include "vta/quantize/quantize.h"
#include "vta/zoo/zoo.h"

namespace vta::bench {
namespace {

using Json = nlohmann::ordered_json;

// By one random input: what a compile takes does not depend on values.
graph::Graph quantised(std::string_view name) {
  const graph::Graph network = graph::simplify(zoo::build(name));
  const graph::Value& input = network.value(network.inputs[0]);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Tensor sample(DType::kFloat32, input.type.shape);
  for (float& value : sample.as<float>()) value = uniform(random);
  return quantize::quantize(network, quantize::calibrate(network, {{{input.name, sample}}}));
}

struct Row {
  std::string network;
  double quantise_seconds, compile_seconds;
  size_t kernels, instructions;
};

Row measure(const std::string& network, const hw::Config& config) {
  const double begin = cpu_seconds();
  const graph::Graph graph = quantised(network);
  const double middle = cpu_seconds();
  const compiler::Compiled compiled = compiler::compile_integer(graph, config);
  const double end = cpu_seconds();
  size_t instructions = 0;
  for (const module::Kernel& kernel : compiled.module.kernels) {
    instructions += kernel.program.instructions.size();
  }
  return {network, middle - begin, end - middle, compiled.module.kernels.size(), instructions};
}

void print_text(const std::vector<Row>& rows) {
  fmt::print("{:<14}{:>10}{:>14}{:>20}{:>18}\n", "network", "programs", "instructions",
             "calibrate, quantise", "compile, CPU s");
  for (const Row& r : rows) {
    fmt::print("{:<14}{:>10}{:>14}{:>20.2f}{:>18.2f}\n", r.network, r.kernels, r.instructions,
               r.quantise_seconds, r.compile_seconds);
  }
}

void print_json(const std::vector<Row>& rows) {
  Json json = Json::array();
  for (const Row& r : rows) {
    json.push_back({{"network", r.network},
                    {"programs", r.kernels},
                    {"instructions", r.instructions},
                    {"quantise_seconds", r.quantise_seconds},
                    {"compile_seconds", r.compile_seconds}});
  }
  fmt::print("{}\n", json.dump(2));
}

int run(int argc, char** argv) {
  CLI::App app("CPU seconds from an integer network to its module, on one core.");
  bool json = false;
  std::string hw = "default";
  std::vector<std::string> networks = {"resnet18", "resnet50", "mobilenet_v1", "mobilenet_v2"};
  app.add_flag("--json", json, "Print JSON on standard output");
  app.add_option("--hw", hw, "Hardware configuration: a preset's name or a JSON file");
  app.add_option("NETWORK", networks, "Networks that `vta zoo list` lists");
  CLI11_PARSE(app, argc, argv);
  std::vector<Row> rows;
  for (const std::string& network : networks) rows.push_back(measure(network, hw::load_config(hw)));
  json ? print_json(rows) : print_text(rows);
  return 0;
}

}  // namespace
}  // namespace vta::bench

int main(int argc, char** argv) {
  try {
    return vta::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_compile: {}\n", error.what());
    return 1;
  }
}
