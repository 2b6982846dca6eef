// Writes a network layer by layer, drawing weights as it goes. Every function returns the value
// that its layer makes; names are those of the layers.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "vta/graph/graph.h"
#include "vta/zoo/moments.h"

namespace vta::zoo {

using graph::ValueId;

// A square window; `pad` on all four sides.
struct Window {
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t pad = 0;
  int64_t group = 1;
};

class Builder {
 public:
  Builder(std::string name, uint64_t seed);

  ValueId input(const std::string& name, Shape shape);  // of mean 0 and variance 1

  // Without bias, for a batch normalisation to follow.
  ValueId conv(const std::string& name, ValueId x, int64_t channels, const Window& window);
  // To an output of twice the height and width; an odd kernel is larger at the end.
  ValueId upconv(const std::string& name, ValueId x, int64_t channels, int64_t kernel);
  ValueId batch_norm(const std::string& name, ValueId x);
  // With a bias; weights and bias such that the output has about mean 0 and variance 1.
  ValueId biased_conv(const std::string& name, ValueId x, int64_t channels, const Window& window);
  ValueId dense(const std::string& name, ValueId x, int64_t channels);

  ValueId relu(ValueId x);
  ValueId relu6(ValueId x);
  ValueId leaky_relu(ValueId x);  // with slope 0.1
  ValueId tanh(ValueId x);
  ValueId add(ValueId a, ValueId b);
  ValueId concat(const std::vector<ValueId>& parts);  // of channels
  // Pads are all begins, then all ends.
  ValueId max_pool(ValueId x, int64_t kernel, int64_t stride, std::vector<int64_t> pads = {},
                   bool ceil_mode = false);
  ValueId global_average_pool(ValueId x);
  ValueId flatten(ValueId x);
  ValueId planes(ValueId x, int64_t height, int64_t width);  // N x K to N x C x height x width
  ValueId upsample(ValueId x);                               // by two, nearest

  int64_t channels(ValueId x) const { return graph_.value(x).type.shape[1]; }
  graph::Graph finish(const std::vector<std::pair<std::string, ValueId>>& outputs);

 private:
  using Attributes = std::map<std::string, graph::Attribute>;

  double normal();  // bell-shaped, mean 0, variance 1
  double between(double low, double high);
  Tensor draw_weights(Shape shape, int64_t fan_in);
  ValueId vector(const std::string& name, const std::vector<double>& values);
  // Scales weights (output channels first) and finds the bias, as biased_conv says.
  ValueId standardise(const std::string& name, Tensor& weights, Moments& moments);
  // `op` of `x` and other operands, named after the layer or, where that is empty, the operator.
  ValueId emit(const std::string& op, const std::string& name, std::vector<ValueId> inputs,
               Attributes attributes, Moments moments);

  graph::Graph graph_;
  std::mt19937_64 random_;
  std::map<ValueId, Moments> moments_;
};

}  // namespace vta::zoo
