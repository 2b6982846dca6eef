// SqueezeNet 1.0 (Iandola et al. 2016, table 1). It has no batch normalisation.
#include "vta/zoo/builder.h"
#include "vta/zoo/families.h"

namespace vta::zoo {
namespace {

ValueId fire(Builder& net, const std::string& name, ValueId x, int64_t squeezed, int64_t expanded) {
  x = net.relu(net.biased_conv(name + ".squeeze", x, squeezed, {.kernel = 1}));
  const ValueId narrow = net.biased_conv(name + ".expand1x1", x, expanded, {.kernel = 1});
  const ValueId wide = net.biased_conv(name + ".expand3x3", x, expanded, {.kernel = 3, .pad = 1});
  return net.concat({net.relu(narrow), net.relu(wide)});
}

}  // namespace

graph::Graph squeezenet(const BuildOptions& options) {
  Builder net("squeezenet", options.seed);
  ValueId x = net.input("image", {1, 3, options.size, options.size});
  x = net.relu(net.biased_conv("conv1", x, 96, {.kernel = 7, .stride = 2}));
  x = net.max_pool(x, 3, 2, {}, true);
  x = fire(net, "fire2", x, 16, 64);
  x = fire(net, "fire3", x, 16, 64);
  x = fire(net, "fire4", x, 32, 128);
  x = net.max_pool(x, 3, 2, {}, true);
  x = fire(net, "fire5", x, 32, 128);
  x = fire(net, "fire6", x, 48, 192);
  x = fire(net, "fire7", x, 48, 192);
  x = fire(net, "fire8", x, 64, 256);
  x = net.max_pool(x, 3, 2, {}, true);
  x = fire(net, "fire9", x, 64, 256);
  x = net.relu(net.biased_conv("conv10", x, 1000, {.kernel = 1}));
  return net.finish({{"logits", net.flatten(net.global_average_pool(x))}});
}

}  // namespace vta::zoo
