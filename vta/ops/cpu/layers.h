// Layers beside the convolution for the host, scheduled; layouts as in conv2d.h. In f32 where
// nothing else is said.
#pragma once

#include <cstdint>

#include "vta/loop/stmt.h"

namespace vta::ops::cpu {

// From x[channels][height][width] to y[channels / block][height][width][block].
loop::Function pack(int64_t channels, int64_t height, int64_t width, int64_t block);

struct MaxPool {
  int64_t channels = 0;  // a multiple of kBlock
  int64_t height = 0, width = 0;
  int64_t kernel = 1, stride = 1, pad = 0;

  int64_t out_height() const { return (height + 2 * pad - kernel) / stride + 1; }
  int64_t out_width() const { return (width + 2 * pad - kernel) / stride + 1; }
};
// The largest x under each window, of what lies in x.
loop::Function max_pool(const MaxPool& pool, loop::Type type = loop::kFloat32);

// y[channels]: the mean over all positions of x[channels / kBlock][height][width][kBlock].
loop::Function global_average_pool(int64_t channels, int64_t height, int64_t width);

// y[out] = bias[out] + sum over i of x[in] * w[in][out], out a multiple of 8.
loop::Function dense(int64_t in, int64_t out);

}  // namespace vta::ops::cpu
