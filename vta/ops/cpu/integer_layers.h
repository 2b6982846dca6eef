// Layers of an integer network beside the convolution for the host, scheduled. Bytes are u8, each
// 128 more than the network's i8, as conv2d_i8 reads them; layouts as in conv2d.h.
#pragma once

#include <cstdint>

#include "vta/loop/stmt.h"

namespace vta::ops::cpu {

// From x f32[channels][height][width] to y u8[1][height][width][block], the channels behind
// `channels` 0: 128 + saturate(round(x / scale) + zero_point), which is zero_point where x is no
// number.
loop::Function quantize(int64_t channels, int64_t height, int64_t width, int64_t block,
                        double scale, int zero_point);

// y f32[size]: (x - 128 - zero_point) * scale.
loop::Function dequantize(int64_t size, double scale, int zero_point);

// One record of a requantisation for all elements; `word` as isa::pack_requantise, with the shift.
struct Record {
  int32_t factor, word;
};

// y u8[channels]: requantise(sum over all positions of x[channels / kBlock][positions][kBlock]
// + bias).
loop::Function global_average_pool_bytes(int64_t channels, int64_t positions, int32_t bias,
                                         const Record& record);

// Of u8[blocks][kBlock]: requantise(requantise((a - 128 - a_zero_point) << left_shift) + the same
// of b).
struct Add {
  int64_t blocks;
  int a_zero_point, b_zero_point, left_shift;
  Record a, b, sum;
};
loop::Function add_bytes(const Add& add);

}  // namespace vta::ops::cpu
