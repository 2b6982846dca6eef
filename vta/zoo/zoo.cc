#include "vta/zoo/zoo.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "vta/zoo/families.h"

namespace vta::zoo {
namespace {

constexpr Network kNetworks[] = {
    {"resnet18",
     "ImageNet classifier",
     224,
     32,
     {1.8e9, 11.69e6, "He et al. 2015, table 1; parameters: torchvision"},
     resnet18},
    {"resnet34",
     "ImageNet classifier",
     224,
     32,
     {3.6e9, 21.80e6, "He et al. 2015, table 1; parameters: torchvision"},
     resnet34},
    {"resnet50",
     "ImageNet classifier",
     224,
     32,
     {3.8e9, 25.56e6, "He et al. 2015, table 1; parameters: torchvision"},
     resnet50},
    {"mobilenet_v1",
     "ImageNet classifier",
     224,
     32,
     {569e6, 4.2e6, "Howard et al. 2017, table 4"},
     mobilenet_v1},
    {"mobilenet_v2",
     "ImageNet classifier",
     224,
     32,
     {300e6, 3.4e6, "Sandler et al. 2018, table 4"},
     mobilenet_v2},
    {"dcgan",
     "generator of 64x64 pictures",
     0,
     0,
     {0, 0, "Radford et al. 2015, figure 1, counts none"},
     dcgan},
    {"squeezenet",
     "ImageNet classifier",
     224,
     16,
     {0, 1.248e6, "Iandola et al. 2016, table 1"},
     squeezenet},
    {"unet",
     "segments pictures, two classes",
     128,
     8,
     {0, 0, "after Ronneberger et al. 2015, smaller"},
     unet},
    {"yolov3_tiny",
     "COCO detector",
     416,
     32,
     {2.78e9, 8.86e6, "darknet (5.56 BFLOPs); parameters: its weight file"},
     yolov3_tiny},
};

const Network& find(std::string_view name) {
  const auto* const found = std::ranges::find(kNetworks, name, &Network::name);
  if (found != std::end(kNetworks)) return *found;
  std::vector<std::string_view> names;
  for (const Network& network : kNetworks) names.push_back(network.name);
  fail("'{}' is not a network of the zoo, which are {}", name, fmt::join(names, ", "));
}

}  // namespace

std::span<const Network> networks() {
  return kNetworks;
}

graph::Graph build(std::string_view name, BuildOptions options) {
  constexpr int64_t kMaxSize = 4096;
  const Network& network = find(name);
  if (options.size == 0) {
    options.size = network.size;
  } else {
    require(network.size != 0, "{}: its input is not a picture, so it has no size", name);
    const int64_t step = network.size_step;
    require(options.size % step == 0 && options.size >= 2 * step && options.size <= kMaxSize,
            "{}: size {} is not possible; multiples of {} from {} to {} are", name, options.size,
            step, 2 * step, kMaxSize);
  }
  return network.build(options);
}

int64_t parameters(const graph::Graph& graph) {
  std::set<graph::ValueId> trained;
  for (const graph::Node& node : graph.nodes) {
    const bool weighted = node.op == "conv" || node.op == "conv_transpose" || node.op == "gemm";
    if (!weighted && node.op != "batch_normalization") continue;
    for (const size_t i : {1, 2}) {
      if (graph.constant(node.input(i)) != nullptr) trained.insert(node.input(i));
    }
  }
  int64_t total = 0;
  for (const graph::ValueId id : trained) total += element_count(graph.value(id).type.shape);
  return total;
}

}  // namespace vta::zoo
