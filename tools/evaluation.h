// Classification of a data set: predictions of a network, and how often they are right.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/data_set.h"

namespace vta::tools {

using RunNetwork = std::function<graph::NamedTensors(const graph::NamedTensors&)>;

// The index of the largest element of the network's one output, for each input, with progress.
std::vector<size_t> classify(const std::string& what,
                             const std::vector<graph::NamedTensors>& inputs,
                             const RunNetwork& network);

// The share of predictions that are the labels; how often two networks say the same.
double agreement(const std::vector<size_t>& a, const std::vector<size_t>& b);

// confusion[label][prediction]: how often.
std::vector<std::vector<size_t>> confusion(const std::vector<size_t>& labels,
                                           const std::vector<size_t>& predictions);

}  // namespace vta::tools
