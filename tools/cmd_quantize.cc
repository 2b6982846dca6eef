// vta quantize: a float network becomes an integer one, the best that post-training methods find,
// as QDQ ONNX or a compiled module.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/evaluation.h"
#include "tools/progress.h"
#include "vta/compiler/network_timing.h"
#include "vta/export/onnx.h"
#include "vta/module/executor.h"
#include "vta/module/file.h"
#include "vta/quantize/mixed.h"
#include "vta/runtime/device.h"

namespace vta::tools {

using Json = nlohmann::ordered_json;

namespace {

constexpr size_t kCalibrationSamples = 128;
constexpr size_t kSelectionSamples = 1000;
constexpr size_t kChoices = 12;

struct Options {
  std::string model;
  std::string data;
  std::string output;
  std::string bits = "8";
  std::string hw = "ultra96";
  std::string narrow_hw = "ultra96-w4";
  double max_drop = 1;  // points
  size_t samples = 10'000;
  NetworkOptions network;
  bool json = false;
};

struct Accuracy {
  double floating = 0;
  double integer = 0;
  double same = 0;  // answers
  double drop() const { return 100 * (floating - integer); }
};

// A network of mixed widths beside the others: its accuracy on the samples that choose, and its
// cycles.
struct Candidate {
  quantize::MixedChoice choice;
  Accuracy accuracy;
  uint64_t cycles = 0;
};

struct Result {
  quantize::PostTraining best;
  std::vector<Candidate> candidates;  // of mixed widths, from all wide to all narrow
  size_t chosen = 0;
  Accuracy accuracy;  // of what is written, on the test data
};

// Bit for bit as the accelerator: 4-bit weights are also weights of 8 bits.
std::vector<size_t> classify_on_simulator(const graph::Graph& integer, const DataSet& data,
                                          const std::string& what) {
  const hw::Config config = hw::load_config("default");
  const compiler::Compiled compiled = compiler::compile_integer(integer, config);
  const auto device = runtime::make_device("fsim", config);
  module::Executor executor(compiled.module, *device);
  return classify(what, data.inputs,
                  [&](const graph::NamedTensors& input) { return executor.run(input); });
}

std::vector<size_t> classify_in_float(const graph::Graph& network, const DataSet& data) {
  return classify("classifying in floating point", data.inputs,
                  [&](const graph::NamedTensors& input) { return graph::run(network, input); });
}

Accuracy accuracy_of(const graph::Graph& integer, const DataSet& data,
                     const std::vector<size_t>& in_float, const std::string& what) {
  const auto answers = classify_on_simulator(integer, data, what);
  return {.floating = agreement(data.labels, in_float),
          .integer = agreement(data.labels, answers),
          .same = agreement(in_float, answers)};
}

using CyclesByNode = std::map<std::string, uint64_t>;
CyclesByNode cycles_by_node(const graph::Graph& integer, const hw::Config& config) {
  CyclesByNode result;
  for (const auto& layer :
       compiler::time_network(compiler::compile_integer(integer, config)).layers) {
    result[layer.name] += layer.cycles;
  }
  return result;
}

void choose_widths(const Options& options, const graph::Graph& network,
                   quantize::PostTrainer& trainer, Result& result) {
  const hw::Config wide = hw::load_config(options.hw), narrow = hw::load_config(options.narrow_hw);
  require(wide.wgt_bits == 8, "--hw {}: has weights of {} bits, expected 8", options.hw,
          wide.wgt_bits);
  require(narrow.wgt_bits == 4, "--hw4 {}: has weights of {} bits, expected 4", options.narrow_hw,
          narrow.wgt_bits);
  const quantize::Way way = result.best.trials[result.best.chosen].way;
  const CyclesByNode wide_cycles = cycles_by_node(trainer.quantized(way, {}), wide);
  const CyclesByNode narrow_cycles = cycles_by_node(result.best.integer, narrow);
  std::map<std::string, double> saved;
  for (const auto& [node, cycles] : wide_cycles) {
    const auto found = narrow_cycles.find(node);
    if (found != narrow_cycles.end()) {
      saved[node] = static_cast<double>(cycles) - static_cast<double>(found->second);
    }
  }
  const DataSet selection = load_data_set(options.data, Part::kTrain, kSelectionSamples, network,
                                          options.network.picture);
  const auto in_float = classify_in_float(network, selection);
  auto choices = [&] {
    const Progress progress("measuring each layer");
    return quantize::narrow_stepwise(trainer, way, saved, kChoices);
  }();
  for (quantize::MixedChoice& choice : choices) {
    Candidate candidate;
    candidate.accuracy = accuracy_of(choice.integer, selection, in_float,
                                     fmt::format("with {} layers narrow", choice.narrow.size()));
    for (const auto& [node, cycles] : wide_cycles) {
      const bool is_narrow = std::ranges::count(choice.narrow, node) > 0;
      candidate.cycles +=
          is_narrow && narrow_cycles.contains(node) ? narrow_cycles.at(node) : cycles;
    }
    candidate.choice = std::move(choice);
    result.candidates.push_back(std::move(candidate));
  }
  for (size_t i = 0; i < result.candidates.size(); ++i) {
    const Candidate& candidate = result.candidates[i];
    if (candidate.accuracy.drop() <= options.max_drop &&
        candidate.cycles < result.candidates[result.chosen].cycles) {
      result.chosen = i;
    }
  }
}

// Whether no other candidate is better in one of accuracy and cycles and as good in the other.
bool is_on_front(const Result& result, const Candidate& candidate) {
  return std::ranges::none_of(result.candidates, [&](const Candidate& other) {
    const bool as_good =
        other.cycles <= candidate.cycles && other.accuracy.integer >= candidate.accuracy.integer;
    return as_good &&
           (other.cycles < candidate.cycles || other.accuracy.integer > candidate.accuracy.integer);
  });
}

const graph::Graph& chosen_network(const Result& result) {
  return result.candidates.empty() ? result.best.integer
                                   : result.candidates[result.chosen].choice.integer;
}

void print_text(const Result& result, const Options& options) {
  fmt::print("{:<48} {:>12}\n", "way", "error");
  for (size_t i = 0; i < result.best.trials.size(); ++i) {
    const quantize::Trial& trial = result.best.trials[i];
    fmt::print("{:<48} {:>12.3e}{}\n", to_string(trial.way), trial.error,
               i == result.best.chosen ? "  chosen" : "");
  }
  if (!result.candidates.empty()) {
    fmt::print("\n{:>12} {:>12} {:>8}  {}\n", "4-bit layers", "cycles", "points",
               "front  narrowed here");
  }
  std::vector<std::string> before;
  for (size_t i = 0; i < result.candidates.size(); ++i) {
    const Candidate& candidate = result.candidates[i];
    std::vector<std::string> added(
        candidate.choice.narrow.begin() + static_cast<ptrdiff_t>(before.size()),
        candidate.choice.narrow.end());
    fmt::print("{:>12} {:>12} {:>+8.2f}  {:<5}  {}{}\n", candidate.choice.narrow.size(),
               candidate.cycles, -candidate.accuracy.drop(),
               is_on_front(result, candidate) ? "*" : "", fmt::join(added, ", "),
               i == result.chosen ? "  chosen" : "");
    before = candidate.choice.narrow;
  }
  if (!result.candidates.empty()) {
    fmt::print(
        "(points: against floating point on samples that choose; cycles: each layer on the "
        "array of its width, {} or {})\n",
        options.hw, options.narrow_hw);
  }
  const Accuracy& a = result.accuracy;
  fmt::print(
      "\nfloating point {:.2f} %, {} bits {:.2f} %: {:+.2f} points; the same answer for "
      "{:.2f} %\n",
      100 * a.floating, options.bits, 100 * a.integer, -a.drop(), 100 * a.same);
  if (!options.output.empty()) fmt::print("wrote {}\n", options.output);
}

void print_json(const Result& result, const Options& options) {
  Json json = {{"model", options.model},
               {"bits", options.bits},
               {"float_top1", result.accuracy.floating},
               {"top1", result.accuracy.integer},
               {"drop_points", result.accuracy.drop()},
               {"same_as_float", result.accuracy.same},
               {"way", to_string(result.best.trials[result.best.chosen].way)}};
  for (const quantize::Trial& trial : result.best.trials) {
    json["trials"].push_back({{"way", to_string(trial.way)}, {"error", trial.error}});
  }
  for (const Candidate& candidate : result.candidates) {
    json["candidates"].push_back({{"narrow", candidate.choice.narrow},
                                  {"cycles", candidate.cycles},
                                  {"drop_points", candidate.accuracy.drop()},
                                  {"on_front", is_on_front(result, candidate)}});
  }
  if (!result.candidates.empty()) json["chosen"] = result.chosen;
  if (!options.output.empty()) json["output"] = options.output;
  fmt::print("{}\n", json.dump(2));
}

void write(const graph::Graph& integer, const Options& options) {
  if (std::filesystem::path(options.output).extension() == ".vtam") {
    const hw::Config config = hw::load_config(options.bits == "4" ? options.narrow_hw : options.hw);
    module::save_module(options.output, compiler::compile_integer(integer, config).module);
  } else if (!options.output.empty()) {
    const exporter::QdqGraph qdq = exporter::to_qdq(integer);
    exporter::save_onnx(options.output, qdq.graph, qdq.constants);
  }
}

void run(const Options& options) {
  const std::filesystem::path output = options.output;
  require(output.empty() || output.extension() == ".onnx" || output.extension() == ".vtam",
          "{}: expected a name that ends in .onnx or .vtam", options.output);
  const graph::Graph network = load_network(options.model, options.network);
  require(!arrived_quantised(network), "{}: is quantised already", options.model);
  const DataSet typical = load_data_set(options.data, Part::kTrain, kCalibrationSamples, network,
                                        options.network.picture);
  const DataSet test =
      load_data_set(options.data, Part::kTest, options.samples, network, options.network.picture);
  Result result;
  const bool mixed = options.bits == "mixed";
  auto trainer = [&] {
    const Progress progress("observing " + options.model);
    return quantize::PostTrainer(network, typical.inputs);
  }();
  {
    const Progress progress("trying every way");
    result.best = quantize_best(trainer, {.weight_bits = options.bits == "8" ? 8 : 4});
  }
  if (mixed) choose_widths(options, network, trainer, result);
  const graph::Graph& integer = chosen_network(result);
  result.accuracy =
      accuracy_of(integer, test, classify_in_float(network, test), "classifying on fsim");
  require(mixed || result.accuracy.drop() <= options.max_drop,
          "{}: {} bits lose {:.2f} points, --max-drop allows {}", options.model, options.bits,
          result.accuracy.drop(), options.max_drop);
  write(integer, options);
  options.json ? print_json(result, options) : print_text(result, options);
}

}  // namespace

void add_quantize_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "quantize", "Quantise a network after training, choosing what loses least");
  command->footer(
      "Examples:\n"
      "  vta quantize models/fashion_resnet8.onnx --data /usr/share/datasets/fashion-mnist\n"
      "  vta quantize net.onnx --data test.npz --bits 4 -o net.vtam\n"
      "  vta quantize net.onnx --data test.npz --bits mixed --max-drop 0.5\n"
      "Ranges by min-max, percentile, squared error and entropy, equalisation between layers and\n"
      "corrected biases are tried, and the least error at the outputs decides; 4-bit weights are\n"
      "rounded adaptively. `mixed` narrows layer after layer and takes the fastest within the\n"
      "drop. Data as of `vta eval`.");
  command->add_option("MODEL", options->model, "The model: an .onnx or .tflite file in float")
      ->type_name("FILE")
      ->required();
  command->add_option("--data", options->data, "The labelled data")
      ->type_name("DIR|FILE.npz")
      ->required();
  command->add_option("-o,--output", options->output, "The quantised network to write")
      ->type_name("FILE.onnx|FILE.vtam");
  command->add_option("--bits", options->bits, "Of the weights")
      ->check(CLI::IsMember({"8", "4", "mixed"}))
      ->capture_default_str();
  command
      ->add_option(
          "--max-drop", options->max_drop,
          "Points of accuracy that may be lost; more is an error, or for `mixed` no choice")
      ->type_name("POINTS")
      ->capture_default_str();
  command->add_option("--samples", options->samples, "Test samples, at most so many, evenly spread")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_hw_option(*command, options->hw);
  command->add_option("--hw4", options->narrow_hw, "The configuration of 4-bit weights")
      ->type_name("NAME|FILE")
      ->capture_default_str();
  add_network_options(*command, options->network);
  add_json_flag(*command, options->json);
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
