#include "vta/ops/cpu/conv2d.h"

#include <optional>
#include <vector>

#include "vta/base/error.h"
#include "vta/ops/cpu/contract.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

namespace vta::ops::cpu {

namespace {

using loop::Expr;
using loop::kFloat32;
using te::Axis;
using te::Schedule;
using te::Tensor;
using te::Var;

constexpr int64_t kAccumulators = 28;  // vectors, of the 32 registers that AVX-512 has

// The widest tile that divides the row, and as many output blocks as then fit.
struct Tile {
  int64_t columns;
  int64_t blocks;
};
Tile tile_of(const Conv2d& c) {
  Tile tile{1, 1};
  for (int64_t columns = 1; columns <= kAccumulators / 2; ++columns) {
    if (c.out_width() % columns == 0) tile.columns = columns;
  }
  for (const int64_t blocks : {2, 4}) {
    const bool fits = tile.columns * blocks <= kAccumulators;
    if (fits && c.out_channels / kBlock % blocks == 0) tile.blocks = blocks;
  }
  return tile;
}

loop::Function expression(std::string name, const Conv2d& c) {
  const int64_t in = c.in_channels / c.in_block, out = c.out_channels / kBlock;
  const std::vector<int64_t> y_shape = {out, c.out_height(), c.out_width(), kBlock};
  const Tensor x = te::placeholder({in, c.height, c.width, c.in_block}, kFloat32, "x");
  const Tensor w =
      te::placeholder({out, in, c.kernel, c.kernel, c.in_block, kBlock}, kFloat32, "w");
  const Tensor bias = te::placeholder({out, kBlock}, kFloat32, "bias");
  const Tensor residual = te::placeholder(y_shape, kFloat32, "residual");
  const Expr zero = constant_float(kFloat32, 0);

  Tensor around = x;
  if (c.pad != 0) {
    around = te::compute(
        {in, c.height + 2 * c.pad, c.width + 2 * c.pad, c.in_block},
        [&](Var b, Var i, Var j, Var l) {
          const Expr row = i - c.pad, column = j - c.pad;
          const Expr inside =
              Expr(0) <= row && row < c.height && Expr(0) <= column && column < c.width;
          return select(inside, x(b, row, column, l), zero);
        },
        "padded");
  }
  const Axis block = te::reduce_axis(in, "b"), row = te::reduce_axis(c.kernel, "r"),
             column = te::reduce_axis(c.kernel, "s"), lane = te::reduce_axis(c.in_block, "c");
  const Tensor sums = te::compute(
      y_shape,
      [&](Var o, Var i, Var j, Var l) {
        return te::sum(around(block, i * c.stride + row, j * c.stride + column, lane) *
                           w(o, block, row, column, lane, l),
                       {block, row, column, lane});
      },
      "sums");
  const Tensor y = te::compute(
      y_shape,
      [&](Var o, Var i, Var j, Var l) {
        Expr value = sums(o, i, j, l) + bias(o, l);
        if (c.residual) value = value + residual(o, i, j, l);
        return c.relu ? max(value, zero) : value;
      },
      "y");
  std::vector<Tensor> parameters = {x, w, bias};
  if (c.residual) parameters.push_back(residual);
  parameters.push_back(y);
  return te::lower(std::move(name), parameters);
}

}  // namespace

loop::Function conv2d_f32(std::string name, const Conv2d& c) {
  require(c.in_channels % c.in_block == 0 && c.out_channels % kBlock == 0,
          "conv2d {}: {} and {} channels, must be multiples of {} and {}", name, c.in_channels,
          c.out_channels, c.in_block, kBlock);
  const Tile tile = tile_of(c);
  Schedule s(expression(std::move(name), c));
  if (c.pad != 0) {
    const auto loops = s.loops("padded");
    s.vectorize(loops[3]);
    s.parallel(s.fuse(loops[0], loops[1]));
  }
  const auto y = s.loops("y");
  const auto blocks = s.split(y[0], {0, tile.blocks});
  const auto columns = s.split(y[2], {0, tile.columns});
  s.reorder({blocks[0], y[1], columns[0], blocks[1], columns[1], y[3]});
  s.compute_at("sums", columns[0]);
  const auto sums = s.loops("sums");  // the tile's, then the reduction's
  const size_t first = sums.size() - 8;
  const std::vector<std::string> of(sums.begin() + static_cast<ptrdiff_t>(first), sums.end());
  s.reorder({of[4], of[5], of[6], of[7], of[1], of[2], of[0], of[3]});
  const std::string init = s.decompose_reduction("sums", of[4]);
  for (const std::string& block : {init, std::string("sums"), std::string("y")}) {
    const auto loops = s.loops(block);
    s.vectorize(loops.back());
    for (size_t i = 2; i <= 4 && i < loops.size(); ++i) {
      if (loops.size() - i >= 3) s.unroll(loops[loops.size() - i]);
    }
  }
  s.parallel(s.fuse(blocks[0], y[1]));
  return contract(s.function());
}

}  // namespace vta::ops::cpu
