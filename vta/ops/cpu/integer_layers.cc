#include "vta/ops/cpu/integer_layers.h"

#include "vta/ops/arithmetic.h"
#include "vta/ops/cpu/conv2d.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

namespace vta::ops::cpu {

namespace {

using loop::kFloat32;
using loop::kInt32;
using loop::kUInt8;
using te::Axis;
using te::Schedule;
using te::Tensor;
using te::Var;

constexpr int kOffset = 128;  // of a byte from the network's i8

Expr int32(int64_t value) {
  return constant(kInt32, value);
}

Expr requantised(const Expr& x, int32_t bias, const Record& record) {
  return loop::call("requantise", {x, int32(bias), int32(record.factor), int32(record.word)});
}

Expr byte(const Expr& x) {
  return cast(kUInt8, x + int32(kOffset));
}

}  // namespace

loop::Function quantize(int64_t channels, int64_t height, int64_t width, int64_t block,
                        double scale, int zero_point) {
  const Tensor x = te::placeholder({channels, height, width}, kFloat32, "x");
  const auto f32 = [](double value) { return constant_float(kFloat32, value); };
  const Tensor y = te::compute(
      {1, height, width, block},
      [&](Var, Var i, Var j, Var l) {
        const Expr value = select(Expr(l) < channels, x(l, i, j), f32(0));
        const Expr level = round_half_even(value / f32(scale)) + f32(zero_point);
        const Expr q = cast(kInt32, clamp(level, f32(-128), f32(127)));
        return byte(select(is_nan(value), int32(zero_point), q));
      },
      "y");
  Schedule s(te::lower("quantize", {x, y}));
  s.parallel(s.loops("y")[1]);
  return s.function();
}

loop::Function dequantize(int64_t size, double scale, int zero_point) {
  const Tensor x = te::placeholder({size}, kUInt8, "x");
  const Tensor y = te::compute(
      {size},
      [&](Var i) {
        return cast(kFloat32, cast(kInt32, x(i)) - int32(kOffset + zero_point)) *
               constant_float(kFloat32, scale);
      },
      "y");
  return te::lower("dequantize", {x, y});
}

loop::Function global_average_pool_bytes(int64_t channels, int64_t positions, int32_t bias,
                                         const Record& record) {
  const Tensor x = te::placeholder({channels / kBlock, positions, kBlock}, kUInt8, "x");
  const Axis p = te::reduce_axis(positions, "p");
  const Tensor sums = te::compute(
      {channels / kBlock, kBlock},
      [&](Var b, Var l) { return te::sum(cast(kInt32, x(b, p, l)), {p}); }, "sums");
  const Tensor y = te::compute(
      {channels / kBlock, kBlock},
      [&](Var b, Var l) { return byte(requantised(sums(b, l), bias, record)); }, "y");
  Schedule s(te::lower("global_average_pool", {x, y}));
  const auto outer = s.loops("y");
  s.compute_at("sums", outer[0]);
  const auto loops = s.loops("sums");  // block, lane, position
  s.reorder({loops[2], loops[1]});
  s.vectorize(loops[1]);
  s.vectorize(outer[1]);
  s.parallel(outer[0]);
  return s.function();
}

loop::Function add_bytes(const Add& add) {
  const Tensor a = te::placeholder({add.blocks, kBlock}, kUInt8, "a"),
               b = te::placeholder({add.blocks, kBlock}, kUInt8, "b");
  const auto scaled = [&](const Expr& x, int zero_point, const Record& record) {
    const Expr centred = cast(kInt32, x) - int32(kOffset + zero_point);
    return requantised(centred * int32(int64_t{1} << add.left_shift), 0, record);
  };
  const Tensor y = te::compute(
      {add.blocks, kBlock},
      [&](Var i, Var l) {
        const Expr sum =
            scaled(a(i, l), add.a_zero_point, add.a) + scaled(b(i, l), add.b_zero_point, add.b);
        return byte(requantised(sum, 0, add.sum));
      },
      "y");
  Schedule s(te::lower("add", {a, b, y}));
  const auto loops = s.loops("y");
  s.vectorize(loops[1]);
  s.parallel(loops[0]);
  return s.function();
}

}  // namespace vta::ops::cpu
