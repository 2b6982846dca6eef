// How activations lie in the accelerator's DRAM, and the element counts that follow.
//
// A tensor N x C x H x W is stored as [N/batch][C/block][H][W][batch][block], where block is the
// larger of block_in and block_out. With batch = 1 each pixel of a block is `inp_per_block`
// consecutive input elements and `out_per_block` consecutive output elements, so what STORE leaves
// LOAD can read even where the GEMM is not square. Tails are zero.
#pragma once

#include <algorithm>

#include "vta/base/tensor.h"
#include "vta/hw/config.h"

namespace vta::compiler {

constexpr int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

struct Packing {
  explicit Packing(const hw::Config& config)
      : batch(config.batch),
        block(std::max(config.block_in, config.block_out)),
        inp_per_block(block / config.block_in),
        out_per_block(block / config.block_out) {}

  int64_t batch;
  int64_t block;
  int64_t inp_per_block;
  int64_t out_per_block;

  int64_t batches(int64_t n) const { return ceil_div(n, batch); }
  int64_t blocks(int64_t channels) const { return ceil_div(channels, block); }
};

// A packed tensor's dimensions; a matrix N x C counts as N x C x 1 x 1.
struct PackedShape {
  int64_t n = 1;
  int64_t c = 1;
  int64_t h = 1;
  int64_t w = 1;
  PackedShape() = default;
  explicit PackedShape(const Shape& shape)
      : n(shape.at(0)),
        c(shape.at(1)),
        h(shape.size() > 2 ? shape[2] : 1),
        w(shape.size() > 3 ? shape[3] : 1) {}
  bool operator==(const PackedShape&) const = default;
};

}  // namespace vta::compiler
