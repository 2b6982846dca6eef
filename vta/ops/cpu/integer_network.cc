#include "vta/ops/cpu/integer_network.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "vta/base/error.h"
#include "vta/base/requantize.h"
#include "vta/isa/instruction.h"
#include "vta/ops/cpu/conv2d.h"
#include "vta/ops/cpu/integer_layers.h"
#include "vta/ops/cpu/layers.h"

namespace vta::ops::cpu {

using graph::Node;
using graph::ValueId;

namespace {

constexpr int kOffset = 128;   // of a byte from the network's i8
constexpr int64_t kFirst = 4;  // channels of a block of the network's input: one dot product's

int64_t rounded_up(int64_t value, int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

int attribute(const Node& node, const std::string& key) {
  return static_cast<int>(node.int_attr(key));
}

int32_t word_of(const Node& node, int shift) {
  return isa::pack_requantise({.shift = shift,
                               .zero_point = attribute(node, "zero_point"),
                               .clip_min = attribute(node, "clip_min"),
                               .clip_max = attribute(node, "clip_max")});
}

// w[o][c][r][s] as [o / 16][c / block][r][s][c % block / 4][o % 16][c % 4]; `channels` are those
// that w has.
void pack_weights(const Conv2d& c, int64_t channels, std::span<const int8_t> w, int8_t* packed) {
  const int64_t taps = c.kernel * c.kernel, outputs = std::ssize(w) / (channels * taps);
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t i = 0; i < channels; ++i) {
      for (int64_t t = 0; t < taps; ++t) {
        const int64_t block = o / kBlock * (c.in_channels / c.in_block) + i / c.in_block;
        const int64_t four = (block * taps + t) * (c.in_block / 4) + i % c.in_block / 4;
        packed[(four * kBlock + o % kBlock) * 4 + i % 4] =
            w[static_cast<size_t>((o * channels + i) * taps + t)];
      }
    }
  }
}

}  // namespace

IntegerNetwork::IntegerNetwork(const graph::Graph& graph, codegen::Jit& jit)
    : graph_(&graph), steps_(jit) {
  require(graph.inputs.size() == 1 && graph.outputs.size() == 1,
          "{}: {} inputs and {} outputs, must be one each", graph.name, graph.inputs.size(),
          graph.outputs.size());
  input_type_ = graph.value(graph.inputs[0]).type;
  output_type_ = graph.value(graph.outputs[0]).type;
  require(input_type_.dtype == DType::kFloat32 && input_type_.shape.size() == 4 &&
              input_type_.shape[0] == 1 && output_type_.dtype == DType::kFloat32,
          "{}: {} to {}, must be f32[1, C, H, W] to f32", graph.name, to_string(input_type_),
          to_string(output_type_));
  for (const Node& node : graph.nodes) add(node);
  require(output_ != nullptr, "{}: the output is not of a dequantize", graph.name);
  graph_ = nullptr;
}

Tensor IntegerNetwork::run(const Tensor& input) const {
  require(input.dtype() == input_type_.dtype && input.shape() == input_type_.shape,
          "the input is {}[{}], must be {}", dtype_name(input.dtype()), to_string(input.shape()),
          to_string(input_type_));
  std::memcpy(input_, input.bytes().data(), input.bytes().size());
  steps_.run();
  Tensor output(output_type_.dtype, output_type_.shape);
  std::memcpy(output.bytes().data(), output_, output.bytes().size());
  return output;
}

void IntegerNetwork::add(const Node& node) {
  const Shape& x = shape_of(node.inputs.at(0));
  if (node.op == "quantize" && node.inputs[0] == graph_->inputs[0]) {
    add_quantize(node);
  } else if (node.op == "qconv") {
    add_conv(node);
  } else if (node.op == "qgemm") {
    add_gemm(node);
  } else if (node.op == "qadd") {
    add_qadd(node);
  } else if (node.op == "qmax_pool") {
    add_max_pool(node);
  } else if (node.op == "qglobal_average_pool") {
    add_average(node);
  } else if (node.op == "flatten" && x.size() == 4 && x[2] * x[3] == 1) {
    values_[node.outputs[0]] = memory_of(node.inputs[0]);
  } else if (node.op == "dequantize" && node.outputs[0] == graph_->outputs[0] && x.size() == 2) {
    add_dequantize(node);
  } else {
    fail("{} '{}': no layer of a host's integer network", node.op, node.name);
  }
}

void IntegerNetwork::add_quantize(const Node& node) {
  const Shape& x = input_type_.shape;
  const int64_t block = rounded_up(x[1], kFirst);
  require(block <= kBlock, "quantize '{}': {} channels, must be up to {}", node.name, x[1], kBlock);
  input_ = steps_.allocate<float>(element_count(x));
  uint8_t* bytes = allocate(node.outputs[0], block * x[2] * x[3]);
  steps_.add(
      quantize(x[1], x[2], x[3], block, node.float_attr("scale"), attribute(node, "zero_point")),
      {input_, bytes});
}

void IntegerNetwork::add_conv(const Node& node) {
  const Shape &x = shape_of(node.inputs[0]), &w = shape_of(node.inputs.at(1));
  require(x.size() == 4 && x[0] == 1 && node.int_attr("group") == 1 && w[2] == w[3] &&
              (x[1] % kBlock == 0 || x[1] < kBlock) && w[0] % kBlock == 0,
          "qconv '{}': must have one group, batch 1, square weights and multiples of {} channels",
          node.name, kBlock);
  const Square window = square_window(node);
  const int64_t block = x[1] % kBlock == 0 ? kBlock : rounded_up(x[1], kFirst);
  add_product(node, {.in_channels = rounded_up(x[1], block),
                     .out_channels = w[0],
                     .height = x[2],
                     .width = x[3],
                     .kernel = w[2],
                     .stride = window.stride,
                     .pad = window.pad,
                     .in_block = block});
}

void IntegerNetwork::add_gemm(const Node& node) {
  const Shape& w = shape_of(node.inputs.at(1));
  require(
      node.int_attr("round_once") == 0 && shape_of(node.inputs[0])[0] == 1 && w[1] % kBlock == 0,
      "qgemm '{}': must have batch 1, a multiple of {} inputs and no round_once", node.name,
      kBlock);
  add_product(
      node,
      {.in_channels = w[1], .out_channels = rounded_up(w[0], kBlock), .height = 1, .width = 1});
}

// The bytes are 128 + q and the zero point z is a q: the sum of (x - 128 - z) * w is that of x * w
// less (128 + z) times the weights' sum, which goes into the bias.
void IntegerNetwork::add_product(const Node& node, const Conv2d& c) {
  const Tensor& w = operand(node, 1);
  const auto bias = operand(node, 2).as<int32_t>(), factor = operand(node, 3).as<int32_t>(),
             shift = operand(node, 4).as<int32_t>();
  require(node.int_attr("w_zero_point") == 0, "{} '{}': the weights' zero point must be 0", node.op,
          node.name);
  const int zero = kOffset + attribute(node, "x_zero_point");
  auto* weights = steps_.allocate<int8_t>(c.out_channels * c.in_channels * c.kernel * c.kernel);
  pack_weights(c, w.shape()[1], w.as<int8_t>(), weights);
  int32_t* records[3];
  for (int32_t*& record : records) record = steps_.allocate<int32_t>(c.out_channels);
  const size_t row = w.as<int8_t>().size() / bias.size();
  for (size_t o = 0; o < bias.size(); ++o) {
    int32_t sum = 0;
    for (const int8_t value : w.as<int8_t>().subspan(o * row, row)) sum += value;
    records[0][o] = wrap_add(bias[o], -wrap_mul(zero, sum));
    records[1][o] = factor[o];
    records[2][o] = word_of(node, shift[o]);
  }
  uint8_t* x = memory_of(node.inputs[0]);
  uint8_t* y = allocate(node.outputs[0], c.out_channels * c.out_height() * c.out_width());
  steps_.add(conv2d_i8("conv2d", c, static_cast<uint8_t>(zero)),
             {x, weights, records[0], records[1], records[2], y});
}

void IntegerNetwork::add_qadd(const Node& node) {
  const auto record = [&](const std::string& operand) {
    return Record{
        attribute(node, operand + "factor"),
        operand.empty()
            ? word_of(node, attribute(node, "shift"))
            : isa::pack_requantise({.shift = attribute(node, operand + "shift"), .wide = true})};
  };
  const Add layer{.blocks = blocks_of(node, node.inputs[0]),
                  .a_zero_point = attribute(node, "a_zero_point"),
                  .b_zero_point = attribute(node, "b_zero_point"),
                  .left_shift = attribute(node, "left_shift"),
                  .a = record("a_"),
                  .b = record("b_"),
                  .sum = record("")};
  steps_.add(add_bytes(layer), {memory_of(node.inputs[0]), memory_of(node.inputs[1]),
                                allocate(node.outputs[0], layer.blocks * kBlock)});
}

void IntegerNetwork::add_max_pool(const Node& node) {
  const Shape &x = shape_of(node.inputs[0]), &y = shape_of(node.outputs[0]);
  const auto& kernel = node.ints_attr("kernel_shape");
  const Square window = square_window(node);
  const MaxPool pool{x[1], x[2], x[3], kernel[0], window.stride, window.pad};
  require(kernel[0] == kernel[1] && y[2] == pool.out_height() && y[3] == pool.out_width(),
          "qmax_pool '{}': must be square, without ceil_mode", node.name);
  steps_.add(max_pool(pool, loop::kUInt8),
             {memory_of(node.inputs[0]),
              allocate(node.outputs[0], blocks_of(node, node.outputs[0]) * kBlock)});
}

void IntegerNetwork::add_average(const Node& node) {
  const Shape& x = shape_of(node.inputs[0]);
  const int64_t positions = x[2] * x[3];
  const QuantizedMultiplier m =
      quantize_multiplier(node.float_attr("scale") / static_cast<double>(positions));
  const auto bias = -static_cast<int32_t>(positions * (kOffset + node.int_attr("x_zero_point")));
  steps_.add(global_average_pool_bytes(blocks_of(node, node.outputs[0]) * kBlock, positions, bias,
                                       {m.factor, word_of(node, m.shift)}),
             {memory_of(node.inputs[0]), allocate(node.outputs[0], x[1])});
}

void IntegerNetwork::add_dequantize(const Node& node) {
  const int64_t size = element_count(output_type_.shape);
  output_ = steps_.allocate<float>(size);
  steps_.add(dequantize(size, node.float_attr("scale"), attribute(node, "zero_point")),
             {memory_of(node.inputs[0]), output_});
}

const Tensor& IntegerNetwork::operand(const Node& node, size_t index) const {
  const Tensor* constant = graph_->constant(node.input(index));
  require(constant != nullptr, "{} '{}': operand {} must be constant", node.op, node.name, index);
  return *constant;
}

// Of a batch of one whose channels are a multiple of kBlock.
int64_t IntegerNetwork::blocks_of(const Node& node, ValueId value) const {
  const Shape& shape = shape_of(value);
  require(shape.size() >= 2 && shape[0] == 1 && shape[1] % kBlock == 0,
          "{} '{}': of shape {}, must be one picture of a multiple of {} channels", node.op,
          node.name, to_string(shape), kBlock);
  return element_count(shape) / kBlock;
}

uint8_t* IntegerNetwork::memory_of(ValueId value) const {
  const auto found = values_.find(value);
  require(found != values_.end(), "'{}': is not what a layer of the network gives",
          graph_->value(value).name);
  return found->second;
}

uint8_t* IntegerNetwork::allocate(ValueId value, int64_t bytes) {
  return values_[value] = steps_.allocate<uint8_t>(bytes);
}

}  // namespace vta::ops::cpu
