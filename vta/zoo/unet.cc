// A small U-Net after Ronneberger et al. 2015: three levels down and up, 16 channels at the top,
// padded convolutions with batch normalisation, two classes for each pixel.
#include "vta/zoo/builder.h"
#include "vta/zoo/families.h"

namespace vta::zoo {
namespace {

ValueId double_conv(Builder& net, const std::string& name, ValueId x, int64_t channels) {
  for (const char* part : {".conv1", ".conv2"}) {
    x = net.conv(name + part, x, channels, {.kernel = 3, .pad = 1});
    x = net.relu(net.batch_norm(name + part + ".norm", x));
  }
  return x;
}

}  // namespace

graph::Graph unet(const BuildOptions& options) {
  constexpr int kLevels = 3;
  Builder net("unet", options.seed);
  ValueId x = net.input("image", {1, 3, options.size, options.size});
  std::vector<ValueId> skipped;
  for (int level = 0; level < kLevels; ++level) {
    x = double_conv(net, fmt::format("down{}", level + 1), x, int64_t{16} << level);
    skipped.push_back(x);
    x = net.max_pool(x, 2, 2);
  }
  x = double_conv(net, "bottom", x, int64_t{16} << kLevels);
  for (int level = kLevels - 1; level >= 0; --level) {
    const std::string name = fmt::format("up{}", level + 1);
    x = net.upconv(name + ".upconv", x, int64_t{16} << level, 2);
    x = double_conv(net, name, net.concat({skipped[level], x}), int64_t{16} << level);
  }
  return net.finish({{"scores", net.biased_conv("classifier", x, 2, {.kernel = 1})}});
}

}  // namespace vta::zoo
