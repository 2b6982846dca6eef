// Quantisation at the push of a button: everything that needs no training, and of what there is to
// choose the best by measured error.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "vta/quantize/quantize.h"

namespace vta::quantize {

struct PostTrainingOptions {
  int weight_bits = 8;
  std::map<std::string, int> bits_by_node = {};  // other ones, for the nodes of these names
};

// One way, and the squared error of the network's outputs, over the square of the outputs.
struct Trial {
  std::string name;  // "equalised, entropy, biases corrected"
  double error = 0;
};

struct PostTraining {
  graph::Graph integer;
  std::vector<Trial> trials;
  size_t chosen = 0;
};

// `graph` as graph::simplify leaves it. Weights of fewer than 8 bits are rounded adaptively, the
// others to the nearest step. Throws as calibrate does.
PostTraining quantize_post_training(const graph::Graph& graph,
                                    const std::vector<graph::NamedTensors>& samples,
                                    const PostTrainingOptions& options = {});

// One way without a choice, for a compile that should be quick: min-max ranges, weights and biases
// as above where they have fewer than 8 bits, and to the nearest step as they are where not.
graph::Graph quantize_directly(const graph::Graph& graph,
                               const std::vector<graph::NamedTensors>& samples, int weight_bits);

}  // namespace vta::quantize
