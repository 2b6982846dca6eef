// Depthwise separable networks: MobileNet v1 (Howard et al. 2017, table 1) and v2 (Sandler et al.
// 2018, table 2).
#include "vta/zoo/builder.h"
#include "vta/zoo/families.h"

namespace vta::zoo {
namespace {

ValueId conv_norm(Builder& net, const std::string& name, ValueId x, int64_t channels,
                  const Window& window) {
  return net.batch_norm(name + ".norm", net.conv(name, x, channels, window));
}

ValueId depthwise(Builder& net, const std::string& name, ValueId x, int64_t stride) {
  const int64_t channels = net.channels(x);
  return conv_norm(net, name, x, channels,
                   {.kernel = 3, .stride = stride, .pad = 1, .group = channels});
}

ValueId classifier(Builder& net, ValueId x) {
  return net.dense("classifier", net.flatten(net.global_average_pool(x)), 1000);
}

// Expands to `factor` times the channels, filters each, and projects without an activation.
ValueId inverted_residual(Builder& net, const std::string& name, ValueId x, int64_t channels,
                          int64_t factor, int64_t stride) {
  ValueId y = x;
  if (factor != 1) {
    y = net.relu6(conv_norm(net, name + ".expand", y, factor * net.channels(x), {.kernel = 1}));
  }
  y = net.relu6(depthwise(net, name + ".depthwise", y, stride));
  y = conv_norm(net, name + ".project", y, channels, {.kernel = 1});
  return stride == 1 && net.channels(x) == channels ? net.add(y, x) : y;
}

}  // namespace

graph::Graph mobilenet_v1(const BuildOptions& options) {
  struct Layer {
    int64_t channels, stride;
  };
  static constexpr Layer kLayers[] = {{64, 1},  {128, 2},  {128, 1}, {256, 2}, {256, 1},
                                      {512, 2}, {512, 1},  {512, 1}, {512, 1}, {512, 1},
                                      {512, 1}, {1024, 2}, {1024, 1}};
  Builder net("mobilenet_v1", options.seed);
  ValueId x = net.input("image", {1, 3, options.size, options.size});
  x = net.relu(conv_norm(net, "conv1", x, 32, {.kernel = 3, .stride = 2, .pad = 1}));
  int index = 1;
  for (const Layer& layer : kLayers) {
    const std::string name = fmt::format("layer{}", index++);
    x = net.relu(depthwise(net, name + ".depthwise", x, layer.stride));
    x = net.relu(conv_norm(net, name + ".pointwise", x, layer.channels, {.kernel = 1}));
  }
  return net.finish({{"logits", classifier(net, x)}});
}

graph::Graph mobilenet_v2(const BuildOptions& options) {
  struct Stage {
    int64_t factor, channels, blocks, stride;
  };
  static constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                      {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  Builder net("mobilenet_v2", options.seed);
  ValueId x = net.input("image", {1, 3, options.size, options.size});
  x = net.relu6(conv_norm(net, "conv1", x, 32, {.kernel = 3, .stride = 2, .pad = 1}));
  int index = 1;
  for (const Stage& stage : kStages) {
    for (int64_t i = 0; i < stage.blocks; ++i) {
      x = inverted_residual(net, fmt::format("block{}", index++), x, stage.channels, stage.factor,
                            i == 0 ? stage.stride : 1);
    }
  }
  x = net.relu6(conv_norm(net, "conv2", x, 1280, {.kernel = 1}));
  return net.finish({{"logits", classifier(net, x)}});
}

}  // namespace vta::zoo
