// What the weights of a layer meet: mean and covariance of the patches of its input over samples.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "vta/graph/interpreter.h"

namespace vta::quantize {

// Of one group of a layer. Covariances are kept for blocks of at most kBlock neighbouring values;
// between blocks they are taken to be zero.
struct GroupStatistics {
  static constexpr int64_t kBlock = 576;

  std::vector<double> mean;                    // by position in the patch
  std::vector<std::vector<float>> covariance;  // by block, its size squared, row by row
};

using StatisticsByNode = std::map<std::string, std::vector<GroupStatistics>>;

// Of each weighted layer by its node's name, by group. Patches are drawn evenly over samples and
// places, some thousands for each layer.
StatisticsByNode patch_statistics(const graph::Graph& graph,
                                  const std::vector<graph::NamedTensors>& samples);

}  // namespace vta::quantize
