// vta demo: a trained network classifies pictures of clothes on the accelerator.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/fashion_mnist.h"
#include "tools/network_io.h"
#include "tools/progress.h"
#include "tools/terminal_picture.h"
#include "vta/compiler/compile.h"
#include "vta/module/executor.h"
#include "vta/runtime/device.h"

namespace vta::tools {

namespace {

constexpr int64_t kCalibrationImages = 64;
constexpr size_t kShown = 4;

struct Options {
  std::string device = "fsim";
  int64_t images = 1000;
  std::string hw = "default";
  uint64_t seed = 0;
  std::string model = VTA_DEMO_MODEL;
  std::string data = "/usr/share/datasets/fashion-mnist";
  bool json = false;
};

// Picture `index` as the network's input: values from 0 to 1.
Tensor network_input(const LabelledImages& data, int64_t index, const graph::TensorType& type) {
  Tensor input(DType::kFloat32, type.shape);
  const auto pixels = data.images.as<uint8_t>().subspan(static_cast<size_t>(index * input.size()),
                                                        static_cast<size_t>(input.size()));
  std::ranges::transform(pixels, input.as<float>().begin(),
                         [](uint8_t pixel) { return static_cast<float>(pixel) / 255.0F; });
  return input;
}

size_t predicted_class(const graph::NamedTensors& outputs) {
  const auto scores = outputs.begin()->second.as<float>();
  return static_cast<size_t>(std::ranges::max_element(scores) - scores.begin());
}

struct Answers {
  std::vector<size_t> classes;
  double seconds = 0;
  double top1(const std::vector<uint8_t>& labels) const {
    size_t right = 0;
    for (size_t i = 0; i < classes.size(); ++i) right += classes[i] == labels[i] ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(classes.size());
  }
};

template <typename Network>
Answers classify(const std::string& what, const std::vector<graph::NamedTensors>& inputs,
                 Network&& network) {
  Answers answers;
  Progress progress(what, static_cast<int64_t>(inputs.size()));
  const auto start = std::chrono::steady_clock::now();
  for (const graph::NamedTensors& input : inputs) {
    answers.classes.push_back(predicted_class(network(input)));
    progress.advance();
  }
  answers.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return answers;
}

void show_pictures(const LabelledImages& data, const Answers& answers) {
  std::vector<Tensor> pictures;
  const int64_t height = data.images.shape()[1];
  const int64_t width = data.images.shape()[2];
  const size_t shown = std::min(kShown, answers.classes.size());
  for (size_t i = 0; i < shown; ++i) {
    const auto size = static_cast<size_t>(height * width);
    pictures.push_back(
        Tensor::of<uint8_t>({height, width}, data.images.as<uint8_t>().subspan(i * size, size)));
  }
  fmt::print("{}", draw_side_by_side(pictures, isatty(STDOUT_FILENO) != 0));
  const auto print_row = [&](const std::string& title, auto&& class_of) {
    for (size_t i = 0; i < shown; ++i) {
      fmt::print("{:<30}", fmt::format("{} {}", title, kFashionLabels[class_of(i)]));
    }
    fmt::print("\n");
  };
  print_row("label", [&](size_t i) { return size_t{data.labels[i]}; });
  print_row("prediction", [&](size_t i) { return answers.classes[i]; });
  fmt::print("\n");
}

std::vector<graph::NamedTensors> network_inputs(const LabelledImages& data, int64_t count,
                                                const graph::Value& input) {
  std::vector<graph::NamedTensors> inputs;
  for (int64_t i = 0; i < count; ++i) {
    inputs.push_back({{input.name, network_input(data, i, input.type)}});
  }
  return inputs;
}

void run(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  const LabelledImages train = load_fashion_mnist(options.data, "train");
  const LabelledImages test = load_fashion_mnist(options.data, "t10k");
  require(options.images >= 1 && options.images <= test.images.shape()[0],
          "--images {}: expected 1 to {}, the size of the test set", options.images,
          test.images.shape()[0]);
  const graph::Graph network = load_network(options.model, {});
  require(network.inputs.size() == 1 && network.outputs.size() == 1 &&
              element_count(network.value(network.inputs[0]).type.shape) == 28 * 28,
          "{}: the demo needs a network from one 28x28 picture to class scores", options.model);
  const graph::Value& input = network.value(network.inputs[0]);

  const compiler::Compiled compiled = compiler::compile_network(
      network, network_inputs(train, kCalibrationImages, input), hw::load_config(options.hw));
  const auto device = [&] {
    const Progress progress("preparing the device " + options.device);
    return runtime::make_device(options.device, compiled.module.config, options.seed);
  }();
  module::Executor executor(compiled.module, *device);

  const auto inputs = network_inputs(test, options.images, input);
  const Answers on_device = classify(fmt::format("classifying on {}", options.device), inputs,
                                     [&](const auto& in) { return executor.run(in); });
  const Answers in_float = classify("classifying in floating point", inputs,
                                    [&](const auto& in) { return graph::run(network, in); });
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const double float_top1 = in_float.top1(test.labels);
  const double accel_top1 = on_device.top1(test.labels);
  const int64_t macs = compiled.report.macs();
  const int64_t on_accelerator = compiled.report.macs_on_accelerator();
  if (options.json) {
    const nlohmann::ordered_json json = {{"images", options.images},
                                         {"float_top1", float_top1},
                                         {"accel_top1", accel_top1},
                                         {"macs", macs},
                                         {"macs_on_accel", on_accelerator},
                                         {"seconds", seconds},
                                         {"accel_seconds", on_device.seconds},
                                         {"device", options.device},
                                         {"hw", options.hw}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  show_pictures(test, on_device);
  fmt::print("{:<28} {:.1f} % of {} test pictures right\n", "in floating point", 100 * float_top1,
             options.images);
  fmt::print("{:<28} {:.1f} % of them right\n",
             fmt::format("on the accelerator ({})", options.device), 100 * accel_top1);
  fmt::print("{:<28} {:.1f} % of {:.1f} million a picture\n", "MACs on the accelerator",
             100.0 * static_cast<double>(on_accelerator) / static_cast<double>(macs),
             static_cast<double>(macs) / 1e6);
  fmt::print("{:<28} {:.1f} s, of which {:.1f} s on the accelerator ({:.1f} ms a picture)\n",
             "time", seconds, on_device.seconds,
             1000 * on_device.seconds / static_cast<double>(options.images));
}

}  // namespace

void add_demo_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("demo", "Classify Fashion-MNIST pictures with a trained network");
  command->footer(
      "Examples:\n"
      "  vta demo\n"
      "  vta demo --device ref --images 20\n"
      "  vta demo --device rtl --images 20\n"
      "  vta demo --hw ultra96 --json\n"
      "The network is a ResNet of 9 convolutions (models/), quantised here to 8 bits.");
  add_device_option(*command, options->device, runtime::device_names());
  command->add_option("--images", options->images, "Test pictures to classify")
      ->capture_default_str();
  add_hw_option(*command, options->hw);
  add_seed_option(*command, options->seed);
  command->add_option("--model", options->model, "The network")->capture_default_str();
  command->add_option("--data", options->data, "Folder of the data set")->capture_default_str();
  add_json_flag(*command, options->json);
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools
