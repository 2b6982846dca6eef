#include "vta/zoo/builder.h"

#include <algorithm>
#include <cmath>

namespace vta::zoo {

Builder::Builder(std::string name, uint64_t seed) : random_(seed) {
  graph_.name = std::move(name);
}

// The sum of three uniform numbers of 21 bits each: the same on every machine, and quick.
double Builder::normal() {
  const uint64_t bits = random_();
  constexpr uint64_t kMask = (1U << 21) - 1;
  const uint64_t total = (bits & kMask) + ((bits >> 21) & kMask) + ((bits >> 42) & kMask);
  return (static_cast<double>(total) / (1U << 21) - 1.5) * 2;  // a uniform number has variance 1/12
}

double Builder::between(double low, double high) {
  return low + (high - low) * static_cast<double>(random_() >> 11) * 0x1p-53;
}

// He et al. 2015: variance 2 / fan_in keeps the scale through a Relu.
Tensor Builder::draw_weights(Shape shape, int64_t fan_in) {
  Tensor weights(DType::kFloat32, std::move(shape));
  const double deviation = std::sqrt(2.0 / static_cast<double>(fan_in));
  for (float& w : weights.as<float>()) w = static_cast<float>(normal() * deviation);
  return weights;
}

ValueId Builder::vector(const std::string& name, const std::vector<double>& values) {
  const std::vector<float> narrow(values.begin(), values.end());
  return graph_.add_constant(name,
                             Tensor::of<float>({static_cast<int64_t>(narrow.size())}, narrow));
}

ValueId Builder::standardise(const std::string& name, Tensor& weights, Moments& moments) {
  const int64_t row = weights.size() / weights.shape()[0];
  std::vector<double> bias;
  for (int64_t o = 0; o < weights.shape()[0]; ++o) {
    const double factor = 1 / std::sqrt(moments.variance[o]);
    for (float& w : weights.as<float>().subspan(o * row, row)) w *= static_cast<float>(factor);
    const double wanted = 0.2 * normal();
    bias.push_back(wanted - moments.mean[o] * factor);
    moments.mean[o] = wanted;
    moments.variance[o] = 1;
  }
  return vector(name, bias);
}

ValueId Builder::emit(const std::string& op, const std::string& name, std::vector<ValueId> inputs,
                      Attributes attributes, Moments moments) {
  const std::string layer = name.empty() ? fmt::format("{}_{}", op, graph_.nodes.size()) : name;
  const ValueId y = graph_.add_node(op, layer, std::move(inputs), std::move(attributes))[0];
  moments_[y] = std::move(moments);
  return y;
}

ValueId Builder::input(const std::string& name, Shape shape) {
  const auto count = static_cast<size_t>(shape[1]);
  const ValueId x = graph_.add_input(name, {DType::kFloat32, std::move(shape)});
  moments_[x] = {std::vector<double>(count, 0.0), std::vector<double>(count, 1.0)};
  return x;
}

namespace {

std::map<std::string, graph::Attribute> attributes_of(const Window& window) {
  return {{"strides", std::vector<int64_t>(2, window.stride)},
          {"pads", std::vector<int64_t>(4, window.pad)},
          {"group", window.group}};
}

}  // namespace

ValueId Builder::conv(const std::string& name, ValueId x, int64_t channels, const Window& window) {
  const int64_t inputs = this->channels(x) / window.group;
  Tensor weights = draw_weights({channels, inputs, window.kernel, window.kernel},
                                inputs * window.kernel * window.kernel);
  Moments moments = through_weights(moments_.at(x), weights, window.group);
  const ValueId w = graph_.add_constant(name + ".weight", std::move(weights));
  return emit("conv", name, {x, w}, attributes_of(window), std::move(moments));
}

ValueId Builder::biased_conv(const std::string& name, ValueId x, int64_t channels,
                             const Window& window) {
  const int64_t inputs = this->channels(x) / window.group;
  Tensor weights = draw_weights({channels, inputs, window.kernel, window.kernel},
                                inputs * window.kernel * window.kernel);
  Moments moments = through_weights(moments_.at(x), weights, window.group);
  const ValueId bias = standardise(name + ".bias", weights, moments);
  const ValueId w = graph_.add_constant(name + ".weight", std::move(weights));
  return emit("conv", name, {x, w, bias}, attributes_of(window), std::move(moments));
}

// The full result has 2 (size - 1) + kernel rows; what is not 2 size is cut, and a row added where
// the cut is odd.
ValueId Builder::upconv(const std::string& name, ValueId x, int64_t channels, int64_t kernel) {
  const int64_t inputs = this->channels(x);
  Tensor weights = draw_weights({inputs, channels, kernel, kernel}, inputs * kernel * kernel / 4);
  Moments moments = through_transposed(moments_.at(x), weights, 0.25);
  const ValueId w = graph_.add_constant(name + ".weight", std::move(weights));
  const int64_t pad = (kernel - 1) / 2, added = kernel % 2;
  return emit("conv_transpose", name, {x, w},
              {{"strides", std::vector<int64_t>{2, 2}},
               {"pads", std::vector<int64_t>(4, pad)},
               {"output_padding", std::vector<int64_t>{added, added}}},
              std::move(moments));
}

// Statistics as measured in training, which is within a tenth of what is expected here.
ValueId Builder::batch_norm(const std::string& name, ValueId x) {
  const Moments& of_x = moments_.at(x);
  std::vector<double> scale, shift, mean, variance;
  Moments moments = of_x;
  for (size_t c = 0; c < of_x.mean.size(); ++c) {
    const double deviation = std::sqrt(of_x.variance[c]);
    scale.push_back(between(0.7, 1.3));
    shift.push_back(0.2 * normal());
    mean.push_back(of_x.mean[c] + 0.1 * deviation * normal());
    variance.push_back(of_x.variance[c] * between(0.9, 1.1));
    moments.mean[c] = shift.back();
    moments.variance[c] = scale.back() * scale.back();
  }
  return emit("batch_normalization", name,
              {x, vector(name + ".scale", scale), vector(name + ".shift", shift),
               vector(name + ".mean", mean), vector(name + ".variance", variance)},
              {}, std::move(moments));
}

ValueId Builder::dense(const std::string& name, ValueId x, int64_t channels) {
  const int64_t inputs = this->channels(x);
  Tensor weights = draw_weights({channels, inputs}, inputs);
  Moments moments = through_weights(moments_.at(x), weights, 1);
  const ValueId bias = standardise(name + ".bias", weights, moments);
  const ValueId w = graph_.add_constant(name + ".weight", std::move(weights));
  return emit("gemm", name, {x, w, bias}, {{"transB", int64_t{1}}}, std::move(moments));
}

ValueId Builder::relu(ValueId x) {
  return emit("relu", "", {x}, {}, through_relu(moments_.at(x), 0));
}

ValueId Builder::relu6(ValueId x) {
  const ValueId low = graph_.add_constant("zero", Tensor::scalar(0.0F));
  const ValueId high = graph_.add_constant("six", Tensor::scalar(6.0F));
  return emit("clip", "", {x, low, high}, {}, through_relu(moments_.at(x), 0));
}

ValueId Builder::leaky_relu(ValueId x) {
  constexpr double kSlope = 0.1F;
  return emit("leaky_relu", "", {x}, {{"alpha", kSlope}}, through_relu(moments_.at(x), kSlope));
}

ValueId Builder::tanh(ValueId x) {
  return emit("tanh", "", {x}, {}, moments_.at(x));
}

ValueId Builder::add(ValueId a, ValueId b) {
  return emit("add", "", {a, b}, {}, sum(moments_.at(a), moments_.at(b)));
}

ValueId Builder::concat(const std::vector<ValueId>& parts) {
  std::vector<Moments> moments;
  for (const ValueId part : parts) moments.push_back(moments_.at(part));
  return emit("concat", "", parts, {{"axis", int64_t{1}}}, concatenated(moments));
}

ValueId Builder::max_pool(ValueId x, int64_t kernel, int64_t stride, std::vector<int64_t> pads,
                          bool ceil_mode) {
  return emit("max_pool", "", {x},
              {{"kernel_shape", std::vector<int64_t>{kernel, kernel}},
               {"strides", std::vector<int64_t>{stride, stride}},
               {"pads", std::move(pads)},
               {"ceil_mode", int64_t{ceil_mode}}},
              through_max_pool(moments_.at(x), kernel));
}

// The mean of elements that are alike: their variance is kept.
ValueId Builder::global_average_pool(ValueId x) {
  return emit("global_average_pool", "", {x}, {}, moments_.at(x));
}

ValueId Builder::flatten(ValueId x) {
  return emit("flatten", "", {x}, {}, moments_.at(x));
}

ValueId Builder::planes(ValueId x, int64_t height, int64_t width) {
  const Moments& of_x = moments_.at(x);
  const size_t plane = static_cast<size_t>(height * width);
  const size_t count = of_x.mean.size() / plane;
  Moments moments{std::vector<double>(count, 0.0), std::vector<double>(count, 0.0)};
  for (size_t i = 0; i < of_x.mean.size(); ++i) {
    moments.mean[i / plane] += of_x.mean[i] / static_cast<double>(plane);
    moments.variance[i / plane] += of_x.variance[i] / static_cast<double>(plane);
  }
  const std::vector<int64_t> shape{1, static_cast<int64_t>(count), height, width};
  const ValueId target = graph_.add_constant("planes", Tensor::of<int64_t>({4}, shape));
  return emit("reshape", "", {x, target}, {}, std::move(moments));
}

ValueId Builder::upsample(ValueId x) {
  const std::vector<float> factors{1, 1, 2, 2};
  const ValueId scales = graph_.add_constant("scales", Tensor::of<float>({4}, factors));
  return emit("resize", "", {x, graph::kNoValue, scales},
              {{"mode", "nearest"},
               {"coordinate_transformation_mode", "asymmetric"},
               {"nearest_mode", "floor"}},
              moments_.at(x));
}

graph::Graph Builder::finish(const std::vector<std::pair<std::string, ValueId>>& outputs) {
  for (const auto& [name, id] : outputs) {
    graph_.rename(id, name);
    graph_.outputs.push_back(id);
  }
  graph::verify(graph_);
  return std::move(graph_);
}

}  // namespace vta::zoo
