// The operators of an integer network: vta/graph/ops/quantized.cc. Sums are in i32, requantisation
// is vta/base/requantize.h through the loop IR's call `requantise`, both bit for bit.
//
// An average divides by how many elements its window covers, which differs at the borders: the
// factor of each count that occurs is computed here, and the expression selects among them.
#include <set>

#include "vta/base/requantize.h"
#include "vta/isa/instruction.h"
#include "vta/ops/conv.h"
#include "vta/ops/families.h"
#include "vta/ops/pool.h"

namespace vta::ops {

namespace {

using graph::Node;
using loop::kInt32;
using loop::kInt8;

constexpr Type kFloat32 = loop::kFloat32;

Expr int32(int64_t value) {
  return constant(kInt32, value);
}

int attribute(const Node& node, const char* key) {
  return static_cast<int>(node.int_attr(key));
}

// The record's third word but for the shift.
Expr clips_of(const Node& node) {
  return int32(isa::pack_requantise({.shift = 0,
                                     .wide = false,
                                     .zero_point = attribute(node, "zero_point"),
                                     .clip_min = attribute(node, "clip_min"),
                                     .clip_max = attribute(node, "clip_max")}));
}

Expr requantised(const Expr& x, const Expr& bias, const Expr& factor, const Expr& shift,
                 const Expr& clips) {
  const Expr word =
      binary(loop::BinaryOp::kOr, clips, binary(loop::BinaryOp::kAnd, shift, int32(63)));
  return call("requantise", {x, bias, factor, word});
}

// To i8 by the node's own factor and shift.
Expr requantised(const Expr& x, const Node& node) {
  return cast(kInt8, requantised(x, int32(0), int32(node.int_attr("factor")),
                                 int32(node.int_attr("shift")), clips_of(node)));
}

// x[…] - zero as i32.
Expr centred(const Expr& x, int zero) {
  return zero == 0 ? cast(kInt32, x) : cast(kInt32, x) - int32(zero);
}
Expr zero_of(const Node& node) {
  const int zero = attribute(node, "x_zero_point");
  return zero == 0 ? Expr() : int32(zero);
}

// Forms that only the reference kernel has: what TFLite models need where they round otherwise.
void require_absent(const Node& node, const char* key) {
  require(node.int_attr(key) == 0, "there is no expression of {} = {}", key, node.int_attr(key));
}

std::vector<Tensor> quantize(const Operands& operands) {
  const Node& node = operands.node();
  const Expr scale = number(kFloat32, node.float_attr("scale"));
  const int zero = attribute(node, "zero_point");
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Expr x = operands[0].at(to_indices(i));
        const Expr level = round_half_even(x / scale) + number(kFloat32, zero);
        const Expr q = clamp(level, number(kFloat32, -128), number(kFloat32, 127));
        return select(is_nan(x), constant(kInt8, zero), cast(kInt8, q));
      },
      operands.name())};
}

std::vector<Tensor> dequantize(const Operands& operands) {
  const Node& node = operands.node();
  const Expr scale = number(kFloat32, node.float_attr("scale"));
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Expr q = centred(operands[0].at(to_indices(i)), attribute(node, "zero_point"));
        return cast(kFloat32, q) * scale;
      },
      operands.name())};
}

// Sums over channels (dimension 1) by the channels' bias, factor and shift: inputs 2, 3 and 4.
Tensor by_channel(const Tensor& sums, const Operands& operands) {
  const Expr clips = clips_of(operands.node());
  return te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Var& c = i[1];
        return cast(kInt8, requantised(sums.at(to_indices(i)), operands[2](c), operands[3](c),
                                       operands[4](c), clips));
      },
      operands.name());
}

std::vector<Tensor> qconv(const Operands& operands) {
  const Node& node = operands.node();
  require_absent(node, "w_zero_point");
  const std::vector<Slide> window = conv_slides(operands);
  const Expr fill = constant(kInt8, node.int_attr("x_zero_point"));
  const Tensor around = padded(operands[0], window, fill, operands.stage("pad"));
  const Tensor sums = convolution(around, operands[1], window, node.int_attr("group"), kInt32,
                                  zero_of(node), operands.stage("conv"));
  return {by_channel(sums, operands)};
}

std::vector<Tensor> qconv_transpose(const Operands& operands) {
  const Node& node = operands.node();
  require_absent(node, "w_zero_point");
  const Expr fill = constant(kInt8, node.int_attr("x_zero_point"));
  return {by_channel(
      transposed_convolution(operands, fill, kInt32, zero_of(node), operands.stage("conv")),
      operands)};
}

std::vector<Tensor> qgemm(const Operands& operands) {
  const Tensor &x = operands[0], &w = operands[1];
  require_absent(operands.node(), "w_zero_point");
  require_absent(operands.node(), "round_once");
  const int zero = attribute(operands.node(), "x_zero_point");
  const te::Axis k = te::reduce_axis(x.shape()[1], "k");
  const Tensor sums = te::compute(
      operands.shape(),
      [&](Var i, Var j) { return te::sum(centred(x(i, k), zero) * cast(kInt32, w(j, k)), {k}); },
      operands.stage("product"));
  return {by_channel(sums, operands)};
}

std::vector<Tensor> qadd(const Operands& operands) {
  const Node& node = operands.node();
  const Expr unit = int32(int64_t{1} << node.int_attr("left_shift"));
  const Expr unclipped = int32(isa::pack_requantise({.wide = true}));
  const auto scaled = [&](const Expr& q, const std::string& operand) {
    const Expr x = centred(q, attribute(node, (operand + "_zero_point").c_str())) * unit;
    return requantised(x, int32(0), int32(node.int_attr(operand + "_factor")),
                       int32(node.int_attr(operand + "_shift")), unclipped);
  };
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Indices at = to_indices(i);
        const Expr a = scaled(operands[0].at(at), "a"), b = scaled(operands[1].at(at), "b");
        return requantised(a + b, node);
      },
      operands.name())};
}

std::vector<Tensor> qrescale(const Operands& operands) {
  const Node& node = operands.node();
  const int zero = attribute(node, "x_zero_point");
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        return requantised(centred(operands[0].at(to_indices(i)), zero), node);
      },
      operands.name())};
}

std::vector<Tensor> qmax_pool(const Operands& operands) {
  return {max_pool(operands[0], pool_slides(operands), operands)};
}

// Every number of elements that a window covers somewhere.
std::set<int64_t> divisors(const std::vector<Slide>& window, bool include_pad) {
  std::set<int64_t> result = {1};
  for (const Slide& s : window) {
    const int64_t pad = include_pad ? s.pad_begin : 0;
    const int64_t size = s.in + (include_pad ? s.pad_begin + s.pad_end : 0);
    std::set<int64_t> counts;
    for (int64_t at = 0; at < s.out; ++at) {
      const graph::Range inside =
          graph::positions_inside(at * s.stride - s.pad_begin + pad, s.dilation, size, s.kernel);
      counts.insert(inside.end - inside.begin);
    }
    std::set<int64_t> products;
    for (const int64_t a : result) {
      for (const int64_t b : counts) products.insert(std::max<int64_t>(a * b, 1));
    }
    result = std::move(products);
  }
  return result;
}

std::vector<Tensor> average(const Operands& operands, const std::vector<Slide>& window,
                            bool include_pad) {
  const Node& node = operands.node();
  const Tensor sum =
      window_sum(operands[0], window, kInt32, zero_of(node), operands, operands.stage("sum"));
  return {te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        const Indices at = to_indices(i);
        const Expr divisor = window_divisor(window, include_pad, at);
        Expr factor, shift;
        for (const int64_t count : divisors(window, include_pad)) {
          const QuantizedMultiplier m =
              quantize_multiplier(node.float_attr("scale") / static_cast<double>(count));
          const Expr is_this = divisor == count;
          factor = factor ? select(is_this, int32(m.factor), factor) : int32(m.factor);
          shift = shift ? select(is_this, int32(m.shift), shift) : int32(m.shift);
        }
        return cast(kInt8, requantised(sum.at(at), int32(0), factor, shift, clips_of(node)));
      },
      operands.name())};
}

std::vector<Tensor> reference_only(const Operands&) {
  fail("there is no expression of this operator");
}

std::vector<Tensor> qaverage_pool(const Operands& operands) {
  require_absent(operands.node(), "exact_quotient");
  return average(operands, pool_slides(operands),
                 operands.node().int_attr("count_include_pad") != 0);
}

std::vector<Tensor> qglobal_average_pool(const Operands& operands) {
  return average(operands, global_slides(operands), false);
}

}  // namespace

std::span<const OpExpression> quantized_expressions() {
  static constexpr OpExpression kTable[] = {
      {"quantize", quantize},
      {"dequantize", dequantize},
      {.op = "qconv", .express = qconv, .limit = "w_zero_point is 0"},
      {.op = "qconv_transpose", .express = qconv_transpose, .limit = "w_zero_point is 0"},
      {.op = "qgemm", .express = qgemm, .limit = "w_zero_point and round_once are 0"},
      {"qadd", qadd},
      {"qrescale", qrescale},
      {"qmax_pool", qmax_pool},
      {.op = "qlookup", .express = reference_only, .limit = kNoExpression},
      {.op = "qmul", .express = reference_only, .limit = kNoExpression},
      {.op = "qresize", .express = reference_only, .limit = kNoExpression},
      {.op = "qsoftmax", .express = reference_only, .limit = kNoExpression},
      {.op = "qaverage_pool", .express = qaverage_pool, .limit = "exact_quotient is 0"},
      {"qglobal_average_pool", qglobal_average_pool},
  };
  return kTable;
}

}  // namespace vta::ops
