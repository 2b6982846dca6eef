// Convolution layers as accelerator programs: work for benchmarks, with random data.
#pragma once

#include <cstdint>
#include <string>

#include "vta/sim/trace.h"

namespace vta::bench {

// 3x3, stride 1, padding 1, on size x size pixels.
struct ConvLayer {
  std::string name;
  uint32_t size = 0;
  uint32_t in_channels = 0;  // multiples of 16
  uint32_t out_channels = 0;
};

// The layer at the default configuration with a requantise epilogue. Tiles are rows of the picture
// by blocks of output channels, input channels innermost; weights and inputs of a step are loaded
// whole. The outputs of the trace say where the result lies; their bytes are zeros.
sim::Trace conv_program(const ConvLayer& layer);

}  // namespace vta::bench
