// vta eval: how often a network is right on a labelled data set, quantised and in floating point.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/evaluation.h"
#include "tools/progress.h"
#include "vta/compiler/compile.h"
#include "vta/module/executor.h"
#include "vta/runtime/device.h"

namespace vta::tools {

namespace {

constexpr size_t kCalibrationSamples = 64;
constexpr size_t kShownClasses = 20;

struct Options {
  std::string model;
  std::string data;
  std::string device = "fsim";
  std::string hw = "default";
  size_t samples = 10'000;
  uint64_t seed = 0;
  NetworkOptions network;
  bool json = false;
};

std::vector<size_t> classify_on_device(const graph::Graph& network, const DataSet& test,
                                       const Options& options) {
  const DataSet typical = load_data_set(options.data, Part::kTrain, kCalibrationSamples, network,
                                        options.network.picture);
  const compiler::Compiled compiled = [&] {
    const Progress progress("compiling " + options.model);
    return compiler::compile_network(network, typical.inputs, hw::load_config(options.hw));
  }();
  const auto device = [&] {
    const Progress progress("preparing the device " + options.device);
    return runtime::make_device(options.device, compiled.module.config, options.seed);
  }();
  module::Executor executor(compiled.module, *device);
  return classify("classifying on " + options.device, test.inputs,
                  [&](const graph::NamedTensors& input) { return executor.run(input); });
}

void print_confusion(const std::vector<std::vector<size_t>>& counts) {
  if (counts.size() > kShownClasses) {
    fmt::print("({} classes: the confusion table is in --json)\n", counts.size());
    return;
  }
  fmt::print("{:<11}", "label");
  for (size_t c = 0; c < counts.size(); ++c) fmt::print("{:>7}", c);
  fmt::print("   predicted\n");
  for (size_t label = 0; label < counts.size(); ++label) {
    fmt::print("{:>5}      ", label);
    for (const size_t count : counts[label]) {
      fmt::print("{:>7}", count == 0 ? "." : std::to_string(count));
    }
    fmt::print("\n");
  }
}

void run(const Options& options) {
  const graph::Graph network = load_network(options.model, options.network);
  const DataSet test =
      load_data_set(options.data, Part::kTest, options.samples, network, options.network.picture);
  const auto in_float =
      classify("classifying in floating point", test.inputs,
               [&](const graph::NamedTensors& input) { return graph::run(network, input); });
  const bool float_only = options.device == "float";
  const auto on_device = float_only ? in_float : classify_on_device(network, test, options);

  const double float_top1 = agreement(test.labels, in_float);
  const double top1 = agreement(test.labels, on_device);
  const auto counts = confusion(test.labels, on_device);
  if (options.json) {
    const nlohmann::ordered_json json = {{"model", options.model},
                                         {"device", options.device},
                                         {"hw", options.hw},
                                         {"samples", test.labels.size()},
                                         {"top1", top1},
                                         {"float_top1", float_top1},
                                         {"difference_points", 100 * (top1 - float_top1)},
                                         {"same_as_float", agreement(on_device, in_float)},
                                         {"confusion", counts},
                                         {"predictions", on_device}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  print_confusion(counts);
  fmt::print("\n{:<24} {:.2f} % of {} samples right\n", "in floating point", 100 * float_top1,
             test.labels.size());
  if (float_only) return;
  fmt::print("{:<24} {:.2f} %, {:+.2f} points; the same answer for {:.2f} %\n",
             fmt::format("on {}, {}", options.device, options.hw), 100 * top1,
             100 * (top1 - float_top1), 100 * agreement(on_device, in_float));
}

}  // namespace

void add_eval_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("eval", "Measure a network's accuracy on a labelled data set");
  command->footer(
      "Examples:\n"
      "  vta eval models/fashion_resnet8.onnx --data /usr/share/datasets/fashion-mnist\n"
      "  vta eval net.onnx --data test.npz --device ref --samples 100\n"
      "  vta eval net.onnx --data pictures/ --mean 127 --scale 0.0078125 --json\n"
      "Data: gzipped IDX files; a folder of pictures for each class; an .npz file with samples x\n"
      "and labels y; or NAME_batch_K.png with NAME_labels.js. The network is calibrated on the\n"
      "training part, where the data have one.");
  command->add_option("MODEL", options->model, "The model: an .onnx or .tflite file")
      ->type_name("FILE")
      ->required();
  command->add_option("--data", options->data, "The labelled data")
      ->type_name("DIR|FILE.npz")
      ->required();
  auto devices = runtime::device_names();
  devices.emplace_back("float");
  add_device_option(*command, options->device, devices);
  command->add_option("--samples", options->samples, "At most so many, evenly spread")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_hw_option(*command, options->hw);
  add_seed_option(*command, options->seed);
  add_network_options(*command, options->network);
  add_json_flag(*command, options->json);
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
