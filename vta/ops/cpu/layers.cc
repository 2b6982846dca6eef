#include "vta/ops/cpu/layers.h"

#include "vta/ops/cpu/contract.h"
#include "vta/ops/cpu/conv2d.h"
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

constexpr int64_t kDenseColumns = 8;  // outputs of a vector

}  // namespace

loop::Function pack(int64_t channels, int64_t height, int64_t width, int64_t block) {
  const Tensor x = te::placeholder({channels, height, width}, kFloat32, "x");
  const Tensor y = te::compute(
      {channels / block, height, width, block},
      [&](Var b, Var i, Var j, Var l) { return x(b * block + l, i, j); }, "y");
  Schedule s(te::lower("pack", {x, y}));
  const auto loops = s.loops("y");
  s.parallel(s.fuse(loops[0], loops[1]));
  return s.function();
}

loop::Function max_pool(const MaxPool& p, loop::Type type) {
  const int64_t blocks = p.channels / kBlock;
  const Tensor x = te::placeholder({blocks, p.height, p.width, kBlock}, type, "x");
  const Axis row = te::reduce_axis(p.kernel, "r"), column = te::reduce_axis(p.kernel, "s");
  const Expr least = te::max_over(x(0, 0, 0, 0), {row}).identity;
  const Tensor y = te::compute(
      {blocks, p.out_height(), p.out_width(), kBlock},
      [&](Var b, Var i, Var j, Var l) {
        const Expr at = i * p.stride + row - p.pad, across = j * p.stride + column - p.pad;
        const Expr inside = Expr(0) <= at && at < p.height && Expr(0) <= across && across < p.width;
        return te::max_over(select(inside, x(b, at, across, l), least), {row, column});
      },
      "y");
  Schedule s(te::lower("max_pool", {x, y}));
  const auto loops = s.loops("y");  // block, row, column, lane, then the window's
  s.reorder({loops[4], loops[5], loops[3]});
  s.vectorize(loops[3]);
  s.parallel(s.fuse(loops[0], loops[1]));
  return s.function();
}

loop::Function global_average_pool(int64_t channels, int64_t height, int64_t width) {
  const Tensor x = te::placeholder({channels / kBlock, height, width, kBlock}, kFloat32, "x");
  const Axis row = te::reduce_axis(height, "r"), column = te::reduce_axis(width, "s");
  const Tensor sums = te::compute(
      {channels},
      [&](Var c) {
        return te::sum(x(c / kBlock, row, column, c % kBlock), {row, column});
      },
      "sums");
  const Expr count = constant_float(kFloat32, static_cast<double>(height * width));
  const Tensor y = te::compute(
      {channels}, [&](Var c) { return sums(c) / count; }, "y");
  Schedule s(te::lower("global_average_pool", {x, y}));
  const auto outer = s.split(s.loops("y")[0], {0, kBlock});
  s.compute_at("sums", outer[0]);
  const auto loops = s.loops("sums");
  s.reorder({loops[2], loops[3], loops[1]});
  s.vectorize(loops[1]);
  s.vectorize(outer[1]);
  s.parallel(outer[0]);
  return s.function();
}

loop::Function dense(int64_t in, int64_t out) {
  const Tensor x = te::placeholder({in}, kFloat32, "x");
  const Tensor w = te::placeholder({in, out}, kFloat32, "w");
  const Tensor bias = te::placeholder({out}, kFloat32, "bias");
  const Axis k = te::reduce_axis(in, "k");
  const Tensor sums = te::compute(
      {out}, [&](Var o) { return te::sum(x(k) * w(k, o), {k}); }, "sums");
  const Tensor y = te::compute(
      {out}, [&](Var o) { return sums(o) + bias(o); }, "y");
  Schedule s(te::lower("dense", {x, w, bias, y}));
  const auto outer = s.split(s.loops("y")[0], {0, kDenseColumns});
  s.compute_at("sums", outer[0]);
  const auto loops = s.loops("sums");
  s.reorder({loops[2], loops[1]});
  s.vectorize(loops[1]);
  s.vectorize(outer[1]);
  s.parallel(outer[0]);
  return contract(s.function());
}

}  // namespace vta::ops::cpu
