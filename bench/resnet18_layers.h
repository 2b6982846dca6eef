// The convolutions of ResNet-18 at batch 1 but the first, C2 to C11, how often each occurs, and how
// long each takes.
#pragma once

#include <array>
#include <string_view>

#include "vta/codegen/accel/time.h"
#include "vta/ops/accel/conv2d.h"

namespace vta::bench {

struct Layer {
  std::string_view name;
  int count;
  int64_t in_channels, out_channels, size, kernel, stride;  // size: of the input

  // For blocks of 16 channels.
  ops::accel::Conv2dShape shape() const {
    const int64_t pad = kernel / 2, out = (size + 2 * pad - kernel) / stride + 1;
    return {.in_blocks = in_channels / 16,
            .in_h = size,
            .in_w = size,
            .out_blocks = out_channels / 16,
            .out_h = out,
            .out_w = out,
            .kernel_h = kernel,
            .kernel_w = kernel,
            .stride_h = stride,
            .stride_w = stride,
            .pad_top = pad,
            .pad_left = pad};
  }
};

inline constexpr std::array<Layer, 10> kResnet18Layers = {{
    {"C2", 4, 64, 64, 56, 3, 1},
    {"C3", 1, 64, 128, 56, 3, 2},
    {"C4", 1, 64, 128, 56, 1, 2},
    {"C5", 3, 128, 128, 28, 3, 1},
    {"C6", 1, 128, 256, 28, 3, 2},
    {"C7", 1, 128, 256, 28, 1, 2},
    {"C8", 3, 256, 256, 14, 3, 1},
    {"C9", 1, 256, 512, 14, 3, 2},
    {"C10", 1, 256, 512, 14, 1, 2},
    {"C11", 3, 512, 512, 7, 3, 1},
}};

// The layer in this schedule, at a configuration with blocks of 16 channels.
codegen::accel::Timed time_layer(const Layer& layer, const ops::accel::Conv2dKnobs& knobs,
                                 const hw::Config& config);

}  // namespace vta::bench
