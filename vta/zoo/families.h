// The networks that zoo.cc lists, by the file that builds them.
#pragma once

#include "vta/zoo/zoo.h"

namespace vta::zoo {

graph::Graph resnet18(const BuildOptions& options);
graph::Graph resnet34(const BuildOptions& options);
graph::Graph resnet50(const BuildOptions& options);
graph::Graph mobilenet_v1(const BuildOptions& options);
graph::Graph mobilenet_v2(const BuildOptions& options);
graph::Graph dcgan(const BuildOptions& options);
graph::Graph squeezenet(const BuildOptions& options);
graph::Graph unet(const BuildOptions& options);
graph::Graph yolov3_tiny(const BuildOptions& options);

}  // namespace vta::zoo
