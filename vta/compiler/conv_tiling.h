// The tile search of the convolution lowering.
#pragma once

#include <optional>

#include "vta/compiler/packing.h"

namespace vta::compiler {

// A convolution in packed terms. Channel counts are in blocks (packing.h) for one group.
struct ConvShape {
  int64_t batches = 1;
  int64_t groups = 1;
  int64_t in_blocks = 1;   // of one group
  int64_t out_blocks = 1;  // of one group
  int64_t in_h = 1, in_w = 1;
  int64_t out_h = 1, out_w = 1;
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t pad_top = 0, pad_left = 0;
  int64_t records = 1;  // requantise records of one output element (lower_conv.cc)

  // Input rows and columns that so many output rows and columns need.
  int64_t span_h(int64_t rows) const {
    return (rows - 1) * stride_h + (kernel_h - 1) * dilation_h + 1;
  }
  int64_t span_w(int64_t columns) const {
    return (columns - 1) * stride_w + (kernel_w - 1) * dilation_w + 1;
  }
};

struct ConvTile {
  int64_t out_blocks = 1;
  int64_t rows = 1;
  int64_t columns = 1;
  int64_t in_blocks = 1;  // of one step of the reduction
};

// The tile with the fewest bytes moved whose inputs, weights and accumulators fit half of their
// buffers, so that the next tile loads while this one computes. Nothing when none fits.
std::optional<ConvTile> search_conv_tile(const ConvShape& shape, const hw::Config& config);

}  // namespace vta::compiler
