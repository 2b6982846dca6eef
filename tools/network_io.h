// Models, pictures and tensors from the command line: what `compile`, `run` and `demo` share.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "vta/graph/interpreter.h"

namespace CLI {
class App;
}

namespace vta::tools {

// How a picture becomes a network's input: value = (pixel - mean) * scale, pixels from 0 to 255.
struct PictureOptions {
  double mean = 0;
  double scale = 1.0 / 255;
};

struct NetworkOptions {
  std::vector<std::string> dims;  // NAME=N
  PictureOptions picture;
};

// --dim, --mean and --scale.
void add_network_options(CLI::App& command, NetworkOptions& options);

// The network of an .onnx or .tflite file, simplified. Throws Error for a file that is no known model.
graph::Graph load_network(const std::filesystem::path& model, const NetworkOptions& options);

// Whether the model file held integer layers, which keep their meaning.
bool arrived_quantised(const graph::Graph& network);

// The tensor of a .npy, .png or .jpg file, fitted to a network input: a picture is resized, made
// grey or RGB as the input has 1 or 3 channels, and laid out N x C x H x W; a leading dimension of
// 1 that an .npy lacks is added. Throws Error that names the file and both shapes.
Tensor load_input(const std::filesystem::path& file, const graph::TensorType& type,
                  const PictureOptions& options);

// `[NAME=]FILE` arguments to one tensor for each graph input. Throws Error when a name is unknown,
// missing or given twice.
graph::NamedTensors load_inputs(const graph::Graph& graph,
                                const std::vector<std::string>& arguments,
                                const PictureOptions& options);

// Calibration samples of a network with one input: a folder of .npy and picture files, or one .npy
// whose first dimension counts samples.
std::vector<graph::NamedTensors> load_samples(const graph::Graph& graph,
                                              const std::filesystem::path& from,
                                              const PictureOptions& options);

// A few inputs of uniform random values from -1 to 1, for a network whose answers do not matter.
std::vector<graph::NamedTensors> random_samples(const graph::Graph& graph, uint64_t seed);

// One label a line.
std::vector<std::string> load_labels(const std::filesystem::path& file);

}  // namespace vta::tools
