// YOLOv3-tiny for the 80 classes of COCO (Redmon and Farhadi 2018; darknet's cfg/yolov3-tiny.cfg):
// the two maps of boxes as the last convolutions leave them, before decoding.
#include "vta/zoo/builder.h"
#include "vta/zoo/families.h"

namespace vta::zoo {
namespace {

constexpr int64_t kBoxChannels = 3 * (4 + 1 + 80);  // boxes a place x (place, score, classes)

ValueId conv_block(Builder& net, const std::string& name, ValueId x, int64_t channels,
                   int64_t kernel) {
  x = net.conv(name, x, channels, {.kernel = kernel, .pad = kernel / 2});
  return net.leaky_relu(net.batch_norm(name + ".norm", x));
}

}  // namespace

graph::Graph yolov3_tiny(const BuildOptions& options) {
  Builder net("yolov3_tiny", options.seed);
  ValueId x = net.input("image", {1, 3, options.size, options.size});
  int index = 1;
  for (const int64_t channels : {16, 32, 64, 128}) {
    x = net.max_pool(conv_block(net, fmt::format("conv{}", index++), x, channels, 3), 2, 2);
  }
  const ValueId middle = conv_block(net, "conv5", x, 256, 3);
  x = conv_block(net, "conv6", net.max_pool(middle, 2, 2), 512, 3);
  x = net.max_pool(x, 2, 1, {0, 0, 1, 1});
  x = conv_block(net, "conv7", x, 1024, 3);
  const ValueId coarse = conv_block(net, "conv8", x, 256, 1);
  x = conv_block(net, "conv9", coarse, 512, 3);
  const ValueId large = net.biased_conv("conv10", x, kBoxChannels, {.kernel = 1});
  x = net.upsample(conv_block(net, "conv11", coarse, 128, 1));
  x = conv_block(net, "conv12", net.concat({x, middle}), 256, 3);
  const ValueId small = net.biased_conv("conv13", x, kBoxChannels, {.kernel = 1});
  return net.finish({{"large_boxes", large}, {"small_boxes", small}});
}

}  // namespace vta::zoo
