// The generator of DCGAN for pictures of 64x64 (Radford et al. 2015, figure 1): a dense layer to
// 1024 planes of 4x4, then four transposed convolutions of 5x5.
#include "vta/zoo/builder.h"
#include "vta/zoo/families.h"

namespace vta::zoo {

graph::Graph dcgan(const BuildOptions& options) {
  Builder net("dcgan", options.seed);
  ValueId x = net.input("z", {1, 100});
  x = net.planes(net.dense("project", x, 1024 * 4 * 4), 4, 4);
  x = net.relu(net.batch_norm("project.norm", x));
  for (const int64_t channels : {512, 256, 128}) {
    const std::string name = fmt::format("upconv{}", channels);
    x = net.relu(net.batch_norm(name + ".norm", net.upconv(name, x, channels, 5)));
  }
  return net.finish({{"image", net.tanh(net.upconv("upconv3", x, 3, 5))}});
}

}  // namespace vta::zoo
