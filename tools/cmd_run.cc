// vta run: one inference, from a model file or a compiled module, on any device.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "tools/commands.h"
#include "tools/compile_report.h"
#include "tools/network_io.h"
#include "tools/progress.h"
#include "vta/base/npy.h"
#include "vta/module/executor.h"
#include "vta/module/file.h"
#include "vta/ops/cpu/host_kernels.h"
#include "vta/runtime/device.h"

namespace vta::tools {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

struct Options {
  std::string model;
  std::vector<std::string> inputs;
  std::string calibrate;
  std::string output_dir;
  std::string labels;
  std::string device = "fsim";
  std::string hw;  // empty: the module's, or `default` for a model
  bool reference_host = false;
  uint64_t seed = 0;
  NetworkOptions network;
  bool json = false;
};

struct Result {
  graph::NamedTensors outputs;
  double seconds = 0;          // but for compiling the host's nodes
  double compile_seconds = 0;  // of these
  std::optional<runtime::Counters> counters;
  std::optional<compiler::CompileReport> report;
  std::string note;
};

template <typename Body>
double seconds_of(Body&& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void execute(const module::Module& module, const graph::NamedTensors& inputs,
             const Options& options, Result& result) {
  // A module runs on the configuration that it was compiled for, unless another one is asked for,
  // which the executor then refuses.
  const hw::Config config = options.hw.empty() ? module.config : hw::load_config(options.hw);
  const auto device = runtime::make_device(options.device, config, options.seed);
  using module::HostCode;
  module::Executor executor(module, *device,
                            options.reference_host ? HostCode::kReference : HostCode::kCompiled);
  result.seconds = seconds_of([&] { result.outputs = executor.run(inputs); });
  result.compile_seconds = executor.compile_seconds();
  result.seconds -= result.compile_seconds;
  result.counters = executor.counters();
}

void execute_floats(const graph::Graph& network, const graph::NamedTensors& inputs,
                    const Options& options, Result& result) {
  ops::cpu::HostKernels kernels(network);
  graph::NodeRunner run_one = nullptr;
  if (!options.reference_host) {
    run_one = [&](const graph::Node& node, std::span<const Tensor* const> arguments) {
      return kernels.run(node, arguments);
    };
  }
  result.seconds =
      seconds_of([&] { result.outputs = graph::run(network, inputs, nullptr, run_one); });
  result.compile_seconds = kernels.compile_seconds();
  result.seconds -= result.compile_seconds;
}

Result run_module(const Options& options) {
  require(options.device != "float", "{} is compiled to integers: --device float needs the model",
          options.model);
  require(options.calibrate.empty() && options.network.dims.empty(),
          "{} is compiled: --calibrate and --dim are for models", options.model);
  const module::Module module = module::load_module(options.model);
  Result result;
  execute(module, load_inputs(module.graph, options.inputs, options.network.picture), options,
          result);
  return result;
}

Result run_model(const Options& options) {
  const graph::Graph network = load_network(options.model, options.network);
  const auto inputs = load_inputs(network, options.inputs, options.network.picture);
  Result result;
  if (options.device == "float") {
    execute_floats(network, inputs, options, result);
    return result;
  }
  std::vector<graph::NamedTensors> samples = {inputs};
  if (arrived_quantised(network) && options.calibrate.empty()) {
    result.note = "the model's own integers are kept";
  } else if (options.calibrate.empty()) {
    result.note =
        "calibrated on the given input: give typical ones with --calibrate for other inputs";
  } else {
    samples = load_samples(network, options.calibrate, options.network.picture);
    result.note = fmt::format("calibrated on {} samples", samples.size());
  }
  const hw::Config config = hw::load_config(options.hw.empty() ? "default" : options.hw);
  const compiler::Compiled compiled = compiler::compile_network(network, samples, config);
  result.report = compiled.report;
  execute(compiled.module, inputs, options, result);
  return result;
}

// The largest elements of a tensor that looks like class scores: one row of at least two numbers.
std::vector<size_t> top(const Tensor& tensor, size_t count) {
  if (tensor.rank() != 2 || tensor.shape()[0] != 1 || tensor.size() < 2) return {};
  const Tensor floats = tensor.cast(DType::kFloat32);
  const auto values = floats.as<float>();
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  count = std::min(count, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                    [&](size_t a, size_t b) { return values[a] > values[b]; });
  order.resize(count);
  return order;
}

// A file name for a tensor's name, which may hold slashes.
std::string file_name(std::string name) {
  std::ranges::replace(name, '/', '_');
  return name + ".npy";
}

void print_text(const Result& result, const std::vector<std::string>& labels) {
  if (result.report) fmt::print("{}", format_report(*result.report));
  if (!result.note.empty()) fmt::print("{}\n", result.note);
  for (const auto& [name, tensor] : result.outputs) {
    fmt::print("output {}: {}[{}]\n", name, dtype_name(tensor.dtype()), to_string(tensor.shape()));
    for (const size_t i : top(tensor, 5)) {
      fmt::print("  {:>10.4f}  {}\n", tensor.cast(DType::kFloat32).as<float>()[i],
                 i < labels.size() ? labels[i] : fmt::format("class {}", i));
    }
  }
  fmt::print("{:.3f} s", result.seconds);
  if (result.compile_seconds > 0) {
    fmt::print(", {:.3f} s to compile for the host", result.compile_seconds);
  }
  if (result.counters) {
    fmt::print(", {} instructions, {:.1f} MMACs on the array", result.counters->instructions,
               static_cast<double>(result.counters->gemm_macs) / 1e6);
  }
  fmt::print("\n");
}

void print_json(const Result& result, const Options& options,
                const std::vector<std::string>& labels) {
  Json outputs = Json::array();
  for (const auto& [name, tensor] : result.outputs) {
    Json output = {
        {"name", name}, {"dtype", dtype_name(tensor.dtype())}, {"shape", tensor.shape()}};
    for (const size_t i : top(tensor, 5)) {
      Json entry = {{"index", i}, {"value", tensor.cast(DType::kFloat32).as<float>()[i]}};
      if (i < labels.size()) entry["label"] = labels[i];
      output["top"].push_back(entry);
    }
    outputs.push_back(output);
  }
  Json json = {{"device", options.device},
               {"seconds", result.seconds},
               {"host_compile_seconds", result.compile_seconds},
               {"outputs", outputs}};
  if (!result.note.empty()) json["note"] = result.note;
  if (result.counters) {
    json["instructions"] = result.counters->instructions;
    json["gemm_macs"] = result.counters->gemm_macs;
    json["alu_ops"] = result.counters->alu_ops;
    json["dram_read_bytes"] = result.counters->dram_read_bytes;
    json["dram_write_bytes"] = result.counters->dram_write_bytes;
  }
  if (result.report) json["report"] = report_json(*result.report);
  fmt::print("{}\n", json.dump(2));
}

void run(const Options& options) {
  const bool compiled = fs::path(options.model).extension() == ".vtam";
  const std::vector<std::string> labels =
      options.labels.empty() ? std::vector<std::string>{} : load_labels(options.labels);
  const Result result = [&] {
    const Progress progress("running " + options.model);
    return compiled ? run_module(options) : run_model(options);
  }();
  if (!options.output_dir.empty()) {
    fs::create_directories(options.output_dir);
    for (const auto& [name, tensor] : result.outputs) {
      save_npy(fs::path(options.output_dir) / file_name(name), tensor);
    }
  }
  if (options.json) {
    print_json(result, options, labels);
  } else {
    print_text(result, labels);
  }
}

}  // namespace

void add_run_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Run a network on one input");
  command->footer(
      "Examples:\n"
      "  vta run mnist.onnx --input digit.png --scale 1\n"
      "  vta run resnet20.vtam --input picture.npy --labels cifar10.txt\n"
      "  vta run detector.onnx --input face.jpg --mean 127 --scale 0.0078125 --output-dir out/\n"
      "Without --calibrate a model is calibrated on the given input.");
  command
      ->add_option("MODEL", options->model, "An .onnx or .tflite model, or a compiled .vtam module")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("--input", options->inputs,
                   "A .npy, .png or .jpg file for an input, in order or by name")
      ->type_name("[NAME=]FILE")
      ->required();
  command->add_option("--calibrate", options->calibrate, "Typical inputs, as for 'vta compile'")
      ->type_name("DIR|FILE");
  command->add_option("--output-dir", options->output_dir, "Write each output there as NAME.npy")
      ->type_name("DIR");
  command->add_option("--labels", options->labels, "Names of the classes, one a line")
      ->type_name("FILE.txt");
  std::vector<std::string> devices = runtime::device_names();
  devices.push_back("float");
  add_device_option(*command, options->device, devices);
  command->add_flag("--reference-host", options->reference_host,
                    "Run the host's nodes by their reference kernels, not by compiled code");
  add_hw_option(*command, options->hw)
      ->description(
          "Hardware configuration: a preset's name or a JSON file. Not given: `default` "
          "for a model, its own for a module");
  add_seed_option(*command, options->seed);
  add_network_options(*command, options->network);
  add_json_flag(*command, options->json);
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
