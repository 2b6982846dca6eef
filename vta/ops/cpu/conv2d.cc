#include "vta/ops/cpu/conv2d.h"

#include <vector>

#include "vta/base/error.h"
#include "vta/ops/cpu/contract.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

namespace vta::ops::cpu {

namespace {

using loop::Expr;
using loop::kFloat32;
using loop::kInt32;
using te::Axis;
using te::Schedule;
using te::Tensor;
using te::Var;

constexpr int64_t kTaps = 4;           // bytes that a dot product adds up in each lane
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

// x with `border` around it; x itself where the convolution reads nothing there.
Tensor padded(const Tensor& x, const Conv2d& c, const Expr& border) {
  if (c.pad == 0) return x;
  return te::compute(
      {c.in_channels / c.in_block, c.height + 2 * c.pad, c.width + 2 * c.pad, c.in_block},
      [&](Var b, Var i, Var j, Var l) {
        const Expr row = i - c.pad, column = j - c.pad;
        const Expr inside =
            Expr(0) <= row && row < c.height && Expr(0) <= column && column < c.width;
        return select(inside, x(b, row, column, l), border);
      },
      "padded");
}

std::vector<int64_t> output_shape(const Conv2d& c) {
  return {c.out_channels / kBlock, c.out_height(), c.out_width(), kBlock};
}

// A convolution's bias, residual and rectifier follow the sums.
loop::Function expression_f32(std::string name, const Conv2d& c) {
  const int64_t in = c.in_channels / c.in_block, out = c.out_channels / kBlock;
  const std::vector<int64_t> y_shape = output_shape(c);
  const Tensor x = te::placeholder({in, c.height, c.width, c.in_block}, kFloat32, "x");
  const Tensor w =
      te::placeholder({out, in, c.kernel, c.kernel, c.in_block, kBlock}, kFloat32, "w");
  const Tensor bias = te::placeholder({out, kBlock}, kFloat32, "bias");
  const Tensor residual = te::placeholder(y_shape, kFloat32, "residual");
  const Expr zero = constant_float(kFloat32, 0);
  const Tensor around = padded(x, c, zero);
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

loop::Function expression_i8(std::string name, const Conv2d& c, uint8_t padding) {
  const int64_t in = c.in_channels / c.in_block, out = c.out_channels / kBlock;
  const int64_t fours = c.in_block / kTaps;
  const Tensor x = te::placeholder({in, c.height, c.width, c.in_block}, loop::kUInt8, "x");
  const Tensor w =
      te::placeholder({out, in, c.kernel, c.kernel, fours, kBlock, kTaps}, loop::kInt8, "w");
  const auto of_channel = [&](const char* what) {
    return te::placeholder({out, kBlock}, kInt32, what);
  };
  const Tensor bias = of_channel("bias"), factor = of_channel("factor"), word = of_channel("word");
  const Tensor around = padded(x, c, constant(loop::kUInt8, padding));
  const Axis block = te::reduce_axis(in, "b"), row = te::reduce_axis(c.kernel, "r"),
             column = te::reduce_axis(c.kernel, "s"), four = te::reduce_axis(fours, "q"),
             tap = te::reduce_axis(kTaps, "t");
  const Tensor sums = te::compute(
      output_shape(c),
      [&](Var o, Var i, Var j, Var l) {
        const Expr a =
            around(block, i * c.stride + row, j * c.stride + column, Expr(four) * kTaps + tap);
        const Expr b = w.at({o, block, row, column, four, l, tap});
        return te::sum(cast(kInt32, a) * cast(kInt32, b), {block, row, column, four, tap});
      },
      "sums");
  const Tensor y = te::compute(
      output_shape(c),
      [&](Var o, Var i, Var j, Var l) {
        return cast(loop::kUInt8,
                    constant(kInt32, 128) + loop::call("requantise", {sums(o, i, j, l), bias(o, l),
                                                                      factor(o, l), word(o, l)}));
      },
      "y");
  return te::lower(std::move(name), {x, w, bias, factor, word, y});
}

// A tile of y, and the sums that it is made of, in registers; rows of tiles in parallel. `dot`
// is the intrinsic that adds up the reduction's last axis in all lanes, empty where there is none.
void schedule(Schedule& s, const Conv2d& c, const std::string& dot) {
  if (c.pad != 0) {
    const auto loops = s.loops("padded");
    s.vectorize(loops[3]);
    s.parallel(s.fuse(loops[0], loops[1]));
  }
  const Tile tile = tile_of(c);
  const auto y = s.loops("y");
  const auto blocks = s.split(y[0], {0, tile.blocks});
  const auto columns = s.split(y[2], {0, tile.columns});
  s.reorder({blocks[0], y[1], columns[0], blocks[1], columns[1], y[3]});
  s.vectorize(y[3]);
  s.unroll(columns[1]);
  s.unroll(blocks[1]);
  s.compute_at("sums", columns[0]);
  // Block, row, column and lane of the tile, then the reduction; blocks innermost, so that each
  // element of x is used for all of them at once.
  const auto outer = s.loops("y").size() - 3;
  auto loops = s.loops("sums");
  loops.erase(loops.begin(), loops.begin() + static_cast<ptrdiff_t>(outer));
  std::vector<std::string> order(loops.begin() + 4, loops.begin() + 8);
  order.insert(order.end(), {loops[1], loops[2], loops[0], loops[3]});
  order.insert(order.end(), loops.begin() + 8, loops.end());
  s.reorder(order);
  const auto init = s.loops(s.decompose_reduction("sums", order[0]));
  for (size_t i = 0; i < 3; ++i) {
    s.unroll(loops[i]);
    s.unroll(init[init.size() - 4 + i]);
  }
  s.vectorize(init.back());
  if (dot.empty()) {
    s.vectorize(loops[3]);
  } else {
    s.tensorize(loops[3], dot);
  }
  s.parallel(s.fuse(blocks[0], y[1]));
}

void require_blocks(std::string_view name, const Conv2d& c) {
  require(c.in_channels % c.in_block == 0 && c.out_channels % kBlock == 0,
          "conv2d {}: {} and {} channels, must be multiples of {} and {}", name, c.in_channels,
          c.out_channels, c.in_block, kBlock);
}

}  // namespace

loop::Function conv2d_f32(std::string name, const Conv2d& c) {
  require_blocks(name, c);
  Schedule s(expression_f32(std::move(name), c));
  schedule(s, c, "");
  return contract(s.function());
}

loop::Function conv2d_i8(std::string name, const Conv2d& c, uint8_t padding) {
  require_blocks(name, c);
  require(c.in_block % kTaps == 0 && !c.residual && !c.relu,
          "conv2d {}: in bytes, blocks must be multiples of {}, without residual or relu", name,
          kTaps);
  Schedule s(expression_i8(std::move(name), c, padding), host_intrinsics());
  schedule(s, c, "vnni.dot_u8i8");
  return s.function();
}

}  // namespace vta::ops::cpu
