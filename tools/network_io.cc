#include "tools/network_io.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <random>
#include <ranges>
#include <set>

#include "vta/base/file.h"
#include "vta/base/image.h"
#include "vta/base/npy.h"
#include "vta/graph/passes.h"
#include "vta/import/onnx/onnx.h"
#include "vta/import/tflite/tflite.h"
#include "vta/quantize/adopt_qdq.h"

namespace vta::tools {

namespace fs = std::filesystem;
using graph::NamedTensors;

namespace {

constexpr size_t kMaxSamples = 512;
constexpr uint64_t kMaxBytes = uint64_t{8} << 30;

std::map<std::string, int64_t> parse_dims(const std::vector<std::string>& arguments) {
  std::map<std::string, int64_t> dims;
  for (const std::string& argument : arguments) {
    const size_t equals = argument.find('=');
    const std::string number = equals == std::string::npos ? "" : argument.substr(equals + 1);
    const bool digits = !number.empty() && number.size() <= 9 &&
                        number.find_first_not_of("0123456789") == std::string::npos;
    require(equals != 0 && digits && std::stoll(number) > 0,
            "--dim {}: expected NAME=N with N of 1 or more", argument);
    dims[argument.substr(0, equals)] = std::stoll(number);
  }
  return dims;
}

graph::Graph import_model(const fs::path& model, const NetworkOptions& options) {
  if (model.extension() == ".tflite") {
    require(options.dims.empty(), "{}: --dim is for .onnx models; the shapes of this are fixed",
            model.string());
    return import::load_tflite(model);
  }
  require(model.extension() == ".onnx", "{}: not a model that this tool reads (.onnx, .tflite)",
          model.string());
  import::OnnxOptions onnx;
  onnx.dims = parse_dims(options.dims);
  return quantize::adopt_qdq(import::load_onnx(model, onnx));
}

bool is_picture(const fs::path& file) {
  std::string extension = file.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

// Grey from RGB by the luma weights of ITU-R BT.601, RGB from grey by repetition.
float channel_value(const Tensor& image, int64_t pixel, int64_t channel, int64_t channels) {
  const auto values = image.as<uint8_t>();
  const int64_t have = image.shape()[2];
  const auto at = [&](int64_t c) {
    return static_cast<float>(values[static_cast<size_t>(pixel * have + c)]);
  };
  if (have == channels) return at(channel);
  if (have == 1) return at(0);
  return 0.299F * at(0) + 0.587F * at(1) + 0.114F * at(2);
}

Tensor picture_input(const fs::path& file, const graph::TensorType& type,
                     const PictureOptions& options) {
  const Shape& shape = type.shape;
  require(shape.size() == 4 && shape[0] == 1 && (shape[1] == 1 || shape[1] == 3),
          "{}: a picture needs an input of shape 1x1xHxW or 1x3xHxW, the network's is {}",
          file.string(), to_string(shape));
  const Tensor image = resize_image(load_image(file), shape[2], shape[3]);
  Tensor result(DType::kFloat32, shape);
  const int64_t pixels = shape[2] * shape[3];
  for (int64_t c = 0; c < shape[1]; ++c) {
    for (int64_t p = 0; p < pixels; ++p) {
      const double value = (channel_value(image, p, c, shape[1]) - options.mean) * options.scale;
      result.as<float>()[static_cast<size_t>(c * pixels + p)] = static_cast<float>(value);
    }
  }
  return result.cast(type.dtype);
}

const graph::Value& only_input(const graph::Graph& graph) {
  require(graph.inputs.size() == 1,
          "calibration from files needs a network with one input, this one has {}",
          graph.inputs.size());
  return graph.value(graph.inputs[0]);
}

// The rows of `all` as tensors of the input's shape.
std::vector<NamedTensors> split_samples(const Tensor& all, const graph::Value& input,
                                        const fs::path& file) {
  Shape one = input.type.shape;
  require(all.rank() == static_cast<int64_t>(one.size()) && all.rank() > 0 &&
              std::equal(one.begin() + 1, one.end(), all.shape().begin() + 1) &&
              all.shape()[0] % one[0] == 0 && all.dtype() == input.type.dtype,
          "{}: holds {}[{}], calibration needs samples of {}", file.string(),
          dtype_name(all.dtype()), to_string(all.shape()), graph::to_string(input.type));
  const size_t count = std::min(static_cast<size_t>(all.shape()[0] / one[0]), kMaxSamples);
  std::vector<NamedTensors> samples;
  for (size_t i = 0; i < count; ++i) {
    Tensor sample(input.type.dtype, one);
    const size_t bytes = sample.bytes().size();
    std::ranges::copy(all.bytes().subspan(i * bytes, bytes), sample.bytes().begin());
    samples.push_back({{input.name, std::move(sample)}});
  }
  return samples;
}

}  // namespace

void add_network_options(CLI::App& command, NetworkOptions& options) {
  command
      .add_option("--dim", options.dims, "Size of a dimension that the model leaves open (batch=1)")
      ->type_name("NAME=N");
  command.add_option("--mean", options.picture.mean, "Subtracted from each pixel of a picture")
      ->capture_default_str();
  command.add_option("--scale", options.picture.scale, "Multiplied with each pixel after that")
      ->capture_default_str();
}

graph::Graph load_network(const fs::path& model, const NetworkOptions& options) {
  graph::Graph network = graph::simplify(import_model(model, options));
  const graph::Footprint footprint = graph::footprint(network);
  if (footprint.bytes > kMaxBytes) {
    const graph::Value& largest = network.value(footprint.largest);
    fail("{}: running it would take {} MiB, the limit here is {}; its largest value is '{}', {}",
         model.string(), footprint.bytes >> 20, kMaxBytes >> 20, largest.name,
         graph::to_string(largest.type));
  }
  return network;
}

bool arrived_quantised(const graph::Graph& network) {
  return std::ranges::any_of(network.nodes, [](const graph::Node& node) {
    return node.op.starts_with("qconv") || node.op == "qgemm";
  });
}

Tensor load_input(const fs::path& file, const graph::TensorType& type,
                  const PictureOptions& options) {
  if (is_picture(file)) return picture_input(file, type, options);
  require(file.extension() == ".npy", "{}: an input is a .npy, .png or .jpg file", file.string());
  Tensor tensor = load_npy(file);
  if (tensor.rank() + 1 == static_cast<int64_t>(type.shape.size()) && type.shape[0] == 1) {
    Shape shape = tensor.shape();
    shape.insert(shape.begin(), 1);
    tensor = std::move(tensor).reshaped(std::move(shape));
  }
  require(tensor.shape() == type.shape && tensor.dtype() == type.dtype,
          "{}: holds {}[{}], the network's input is {}", file.string(), dtype_name(tensor.dtype()),
          to_string(tensor.shape()), graph::to_string(type));
  return tensor;
}

NamedTensors load_inputs(const graph::Graph& graph, const std::vector<std::string>& arguments,
                         const PictureOptions& options) {
  std::map<std::string, graph::TensorType> types;
  for (const graph::ValueId id : graph.inputs) types[graph.value(id).name] = graph.value(id).type;
  NamedTensors inputs;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string name = i < graph.inputs.size() ? graph.value(graph.inputs[i]).name : "";
    std::string file = arguments[i];
    const size_t equals = file.find('=');
    if (equals != std::string::npos && types.contains(file.substr(0, equals))) {
      name = file.substr(0, equals);
      file = file.substr(equals + 1);
    }
    if (!types.contains(name) || (file.find('=') != std::string::npos && !fs::exists(file))) {
      std::vector<std::string> names;
      for (const auto& [known, type] : types) names.push_back(known);
      fail("--input {}: not one of the network's inputs, which are {}", arguments[i],
           fmt::join(names, ", "));
    }
    require(!inputs.contains(name), "--input {}: input '{}' is given twice", arguments[i], name);
    inputs[name] = load_input(file, types.at(name), options);
  }
  for (const auto& [name, type] : types) {
    require(inputs.contains(name), "input '{}' ({}) is missing: give --input {}=FILE", name,
            graph::to_string(type), name);
  }
  return inputs;
}

std::vector<NamedTensors> load_samples(const graph::Graph& graph, const fs::path& from,
                                       const PictureOptions& options) {
  const graph::Value& input = only_input(graph);
  if (!fs::is_directory(from)) {
    if (is_picture(from)) return {{{input.name, load_input(from, input.type, options)}}};
    return split_samples(load_npy(from), input, from);
  }
  std::set<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    if (is_picture(entry.path()) || entry.path().extension() == ".npy") files.insert(entry.path());
  }
  require(!files.empty(), "{}: no .npy, .png or .jpg file to calibrate on", from.string());
  std::vector<NamedTensors> samples;
  for (const fs::path& file : files) {
    if (samples.size() == kMaxSamples) break;
    samples.push_back({{input.name, load_input(file, input.type, options)}});
  }
  return samples;
}

std::vector<NamedTensors> random_samples(const graph::Graph& graph, uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<NamedTensors> samples(4);
  for (NamedTensors& sample : samples) {
    for (const graph::ValueId id : graph.inputs) {
      Tensor values(DType::kFloat32, graph.value(id).type.shape);
      for (float& value : values.as<float>()) value = uniform(engine);
      sample[graph.value(id).name] = values.cast(graph.value(id).type.dtype);
    }
  }
  return samples;
}

std::vector<std::string> load_labels(const fs::path& file) {
  std::vector<std::string> labels;
  std::string line;
  for (const char c : read_text_file(file, 1 << 24)) {
    if (c == '\r') continue;
    if (c == '\n')
      labels.push_back(std::exchange(line, {}));
    else
      line += c;
  }
  if (!line.empty()) labels.push_back(line);
  return labels;
}

}  // namespace vta::tools
