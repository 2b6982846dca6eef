// Quantisation at the push of a button: everything that needs no training, and of what there is to
// choose the best by measured error.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "vta/quantize/quantize.h"

namespace vta::quantize {

struct PostTrainingOptions {
  int weight_bits = 8;
  std::map<std::string, int> bits_by_node = {};  // other ones, for the nodes of these names
};

// What there is to choose.
struct Way {
  bool equalised = false;
  size_t range_rule = 0;  // in kRangeRules
  bool biases_corrected = false;
};
std::string to_string(const Way& way);  // "equalised, entropy, biases corrected"
std::vector<Way> all_ways();

// Observes a network once, and quantises it in any way and to any bits after that.
class PostTrainer {
 public:
  // `graph` as graph::simplify leaves it; it and the samples must outlive this. Throws as calibrate
  // does.
  PostTrainer(const graph::Graph& graph, const std::vector<graph::NamedTensors>& samples);
  ~PostTrainer();

  // Weights of fewer than 8 bits are rounded adaptively, the others to the nearest step.
  graph::Graph quantized(const Way& way, const PostTrainingOptions& options);
  // The squared error of a network's outputs over the square of the float network's.
  double error(const graph::Graph& integer) const;
  // The nodes whose weights are quantised, in order.
  std::vector<std::string> weighted_nodes() const;

 private:
  struct Start;
  Start& start(bool equalised) { return *starts_.at(equalised ? 1 : 0); }

  const graph::Graph& graph_;
  std::vector<std::unique_ptr<Start>> starts_;  // the network as it is, and equalised
  std::vector<const graph::NamedTensors*> measured_;
  std::vector<graph::NamedTensors> expected_;  // what the float network says to those
};

struct Trial {
  Way way;
  double error = 0;
};

struct PostTraining {
  graph::Graph integer;
  std::vector<Trial> trials;  // every way
  size_t chosen = 0;          // that with the least error
};
PostTraining quantize_best(PostTrainer& trainer, const PostTrainingOptions& options = {});

// One way without a choice, for a compile that should be quick: min-max ranges, weights adaptive
// and biases corrected where they have fewer than 8 bits, and to the nearest step and as they are
// where not.
graph::Graph quantize_directly(const graph::Graph& graph,
                               const std::vector<graph::NamedTensors>& samples, int weight_bits);

}  // namespace vta::quantize
