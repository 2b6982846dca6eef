// vta compile: a model file becomes a module for one hardware configuration.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/compile_report.h"
#include "tools/network_io.h"
#include "tools/progress.h"
#include "vta/module/file.h"

namespace vta::tools {

namespace {

struct Options {
  std::string model;
  std::string output;
  std::string calibrate;
  std::string hw = "default";
  uint64_t seed = 0;
  NetworkOptions network;
  bool json = false;
};

void run(const Options& options) {
  const graph::Graph network = load_network(options.model, options.network);
  const bool given = !options.calibrate.empty();
  const auto samples = given ? load_samples(network, options.calibrate, options.network.picture)
                             : random_samples(network, options.seed);
  const std::string calibration =
      given ? fmt::format("calibrated on {} samples", samples.size())
      : arrived_quantised(network)
          ? "the model's own integers are kept"
          : "calibrated on random inputs from -1 to 1: good for timing, not for answers; give "
            "typical inputs with --calibrate";
  const hw::Config config = hw::load_config(options.hw);
  const compiler::Compiled compiled = [&] {
    const Progress progress("compiling " + options.model);
    return compiler::compile_network(network, samples, config);
  }();
  module::save_module(options.output, compiled.module);
  if (options.json) {
    auto json = report_json(compiled.report);
    json["hw"] = compiled.module.config.fingerprint();
    json["calibration"] = calibration;
    json["output"] = options.output;
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}", format_report(compiled.report));
  fmt::print("{}\nwrote {} for {}\n", calibration, options.output,
             compiled.module.config.fingerprint());
}

}  // namespace

void add_compile_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "compile", "Quantise a network and compile it to a module for the accelerator");
  command->footer(
      "Examples:\n"
      "  vta compile resnet20.onnx --calibrate pictures/ -o resnet20.vtam\n"
      "  vta compile resnet20.onnx --calibrate samples.npy --hw ultra96 -o resnet20.vtam\n"
      "The report says of each node where it runs, and why where that is the host.");
  command->add_option("MODEL", options->model, "The model: an .onnx or .tflite file")
      ->type_name("FILE")
      ->required();
  command->add_option("-o,--output", options->output, "The module to write")
      ->type_name("FILE.vtam")
      ->required();
  command
      ->add_option("--calibrate", options->calibrate,
                   "Typical inputs: a folder of pictures and .npy files, or one .npy of many")
      ->type_name("DIR|FILE");
  command
      ->add_option("--seed", options->seed, "Of the random inputs where --calibrate is not given")
      ->capture_default_str();
  add_hw_option(*command, options->hw);
  add_network_options(*command, options->network);
  add_json_flag(*command, options->json);
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
