// Convolutions for the host: the expression over blocked layouts, and its schedule.
//
// Activations are [channels / block][height][width][block], so that a vector holds the channels of
// one position; weights are [out / 16][in / block][kernel][kernel][block][16], in the order in
// which they are read. A tile of positions and output blocks stays in registers over the whole
// reduction; bias, residual and clip follow while it is there. Rows of tiles run in parallel.
#pragma once

#include <cstdint>
#include <string>

#include "vta/loop/stmt.h"

namespace vta::ops::cpu {

inline constexpr int64_t kBlock = 16;  // channels of a block of the output

struct Conv2d {
  int64_t in_channels = 0;   // a multiple of in_block
  int64_t out_channels = 0;  // a multiple of kBlock
  int64_t height = 0, width = 0;
  int64_t kernel = 1, stride = 1, pad = 0;
  bool residual = false;  // adds a tensor of the output's shape
  bool relu = false;
  int64_t in_block = kBlock;

  int64_t out_height() const { return (height + 2 * pad - kernel) / stride + 1; }
  int64_t out_width() const { return (width + 2 * pad - kernel) / stride + 1; }
  bool operator==(const Conv2d&) const = default;
};

// y = relu(conv(x, w) + bias + residual) in f32, as a function of x, w, bias[out / 16][16],
// residual where there is one, and y. Products are added by fma, in the order channel block, row
// and column of the kernel, channel.
loop::Function conv2d_f32(std::string name, const Conv2d& conv);

// The same of bytes, x and y u8, each 128 more than the i8 of an integer network: w i8[out / 16]
// [in / block][kernel][kernel][block / 4][16][4], in_block a multiple of 4; y = 128 +
// requantise(conv(x, w), bias, factor, word) with bias, factor and word (isa::pack_requantise) by
// output channel, i32[out / 16][16] each. A zero point of x is `padding`, and for the bias to take
// back. Products are by vnni.dot_u8i8. Throws Error for a residual or relu, which are the network's
// qadd and the word's clip.
loop::Function conv2d_i8(std::string name, const Conv2d& conv, uint8_t padding);

}  // namespace vta::ops::cpu
