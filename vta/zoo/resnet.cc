// Residual networks (He et al. 2015, "Deep Residual Learning for Image Recognition", table 1). The
// stride of a bottleneck is in its first convolution, as in the paper.
#include <array>

#include "vta/zoo/builder.h"
#include "vta/zoo/families.h"

namespace vta::zoo {
namespace {

using Block = ValueId (*)(Builder& net, const std::string& name, ValueId x, int64_t width,
                          int64_t stride);

ValueId conv_norm(Builder& net, const std::string& name, ValueId x, int64_t channels,
                  const Window& window) {
  return net.batch_norm(name + ".norm", net.conv(name, x, channels, window));
}

// The sum with the block's input, which a 1x1 convolution brings to shape where it must.
ValueId residual(Builder& net, const std::string& name, ValueId x, ValueId branch, int64_t stride) {
  const bool same = stride == 1 && net.channels(x) == net.channels(branch);
  const ValueId identity = same ? x
                                : conv_norm(net, name + ".shortcut", x, net.channels(branch),
                                            {.kernel = 1, .stride = stride});
  return net.relu(net.add(branch, identity));
}

ValueId basic_block(Builder& net, const std::string& name, ValueId x, int64_t width,
                    int64_t stride) {
  ValueId y = conv_norm(net, name + ".conv1", x, width, {.kernel = 3, .stride = stride, .pad = 1});
  y = conv_norm(net, name + ".conv2", net.relu(y), width, {.kernel = 3, .pad = 1});
  return residual(net, name, x, y, stride);
}

ValueId bottleneck(Builder& net, const std::string& name, ValueId x, int64_t width,
                   int64_t stride) {
  ValueId y = conv_norm(net, name + ".conv1", x, width, {.kernel = 1, .stride = stride});
  y = conv_norm(net, name + ".conv2", net.relu(y), width, {.kernel = 3, .pad = 1});
  y = conv_norm(net, name + ".conv3", net.relu(y), 4 * width, {.kernel = 1});
  return residual(net, name, x, y, stride);
}

graph::Graph resnet(const std::string& name, const BuildOptions& options, Block block,
                    const std::array<int, 4>& depths) {
  Builder net(name, options.seed);
  ValueId x = net.input("image", {1, 3, options.size, options.size});
  x = net.relu(conv_norm(net, "conv1", x, 64, {.kernel = 7, .stride = 2, .pad = 3}));
  x = net.max_pool(x, 3, 2, {1, 1, 1, 1});
  for (size_t stage = 0; stage < depths.size(); ++stage) {
    for (int i = 0; i < depths[stage]; ++i) {
      const int64_t stride = stage > 0 && i == 0 ? 2 : 1;
      x = block(net, fmt::format("stage{}.block{}", stage + 1, i + 1), x, int64_t{64} << stage,
                stride);
    }
  }
  x = net.flatten(net.global_average_pool(x));
  return net.finish({{"logits", net.dense("classifier", x, 1000)}});
}

}  // namespace

graph::Graph resnet18(const BuildOptions& options) {
  return resnet("resnet18", options, basic_block, {2, 2, 2, 2});
}
graph::Graph resnet34(const BuildOptions& options) {
  return resnet("resnet34", options, basic_block, {3, 4, 6, 3});
}
graph::Graph resnet50(const BuildOptions& options) {
  return resnet("resnet50", options, bottleneck, {3, 4, 6, 3});
}

}  // namespace vta::zoo
