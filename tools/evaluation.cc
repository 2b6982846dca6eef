#include "tools/evaluation.h"

#include <algorithm>

#include "tools/progress.h"

namespace vta::tools {

namespace {

size_t predicted_class(const graph::NamedTensors& outputs) {
  require(outputs.size() == 1, "a classifier has one output, this network has {}", outputs.size());
  const Tensor scores = outputs.begin()->second.cast(DType::kFloat32);
  require(scores.size() > 0, "output '{}' is empty", outputs.begin()->first);
  return static_cast<size_t>(std::ranges::max_element(scores.as<float>()) -
                             scores.as<float>().begin());
}

}  // namespace

std::vector<size_t> classify(const std::string& what,
                             const std::vector<graph::NamedTensors>& inputs,
                             const RunNetwork& network) {
  Progress progress(what, static_cast<int64_t>(inputs.size()));
  std::vector<size_t> classes;
  for (const graph::NamedTensors& input : inputs) {
    classes.push_back(predicted_class(network(input)));
    progress.advance();
  }
  return classes;
}

double agreement(const std::vector<size_t>& a, const std::vector<size_t>& b) {
  require(a.size() == b.size() && !a.empty(), "{} answers beside {}", a.size(), b.size());
  size_t same = 0;
  for (size_t i = 0; i < a.size(); ++i) same += a[i] == b[i] ? 1 : 0;
  return static_cast<double>(same) / static_cast<double>(a.size());
}

std::vector<std::vector<size_t>> confusion(const std::vector<size_t>& labels,
                                           const std::vector<size_t>& predictions) {
  size_t classes = 0;
  for (const size_t label : labels) classes = std::max(classes, label + 1);
  for (const size_t prediction : predictions) classes = std::max(classes, prediction + 1);
  std::vector<std::vector<size_t>> counts(classes, std::vector<size_t>(classes));
  for (size_t i = 0; i < labels.size(); ++i) ++counts[labels[i]][predictions[i]];
  return counts;
}

}  // namespace vta::tools
