// A convolution on the accelerator: its expression in the device layout, and the schedule that maps
// it to scratchpads, virtual threads and intrinsics.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vta/hw/config.h"
#include "vta/loop/stmt.h"

namespace vta::ops::accel {

// In scratchpad elements and pixels. A tensor of C channels is
// [batches][blocks][h][w][per_block][batch][block_in or block_out], where a block is the larger of
// block_in and block_out. `in_blocks` and `out_blocks` count those of one group, whose outputs see
// its inputs alone; a depthwise convolution has groups of a block and diagonal weights.
struct Conv2dShape {
  int64_t batches = 1;
  int64_t groups = 1;
  int64_t in_blocks, in_h, in_w;
  int64_t out_blocks, out_h, out_w;
  int64_t kernel_h, kernel_w;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t pad_top = 0, pad_left = 0;
  bool pad_min = false;  // padding is the least input, not 0
  // Outputs in each rectangle of a row class and a column class are requantised by records of their
  // own: padding with what the numbers do not mean by zero shifts the sums at the border.
  // Where each class begins, the first at 0.
  std::vector<int64_t> row_classes = {0}, column_classes = {0};

  int64_t classes() const { return std::ssize(row_classes) * std::ssize(column_classes); }
  auto operator<=>(const Conv2dShape&) const = default;
};

// What tiles of their own the virtual threads take.
enum class Across : uint8_t { kGroups, kOutBlocks, kRows };
std::string_view name_of(Across across);  // "groups", "blocks", "rows"

// What one step of the computation works on, and what stays in the scratchpads.
struct Conv2dKnobs {
  int64_t groups = 1;  // of a tile; each knob from 1 to the shape's extent
  int64_t out_blocks = 1;
  int64_t in_blocks = 1;
  int64_t rows = 1;
  int64_t columns = 1;
  int64_t threads = 1;
  Across across = Across::kOutBlocks;
  bool weights_stay = true;  // all of a tile's output blocks at once, or with each step's inputs
  bool records_stay = true;  // all requantise records from the start, or a tile's with the tile
};

// Parameters: input i8, weights [groups][out elements][in elements][kernel_h][kernel_w][block_out]
// [block_in], requantise records i32 [classes][groups][out elements][3][batch][block_out], those
// of a row class together and the first two dimensions as one; output i8. What it computes: output
// = requantise(sum of input * weight).
loop::Function conv2d(const Conv2dShape& shape, const hw::Config& config);

// The same, scheduled, for codegen::accel::generate. Throws Error where a knob is out of range.
loop::Function scheduled_conv2d(const Conv2dShape& shape, const Conv2dKnobs& knobs,
                                const hw::Config& config);

}  // namespace vta::ops::accel
