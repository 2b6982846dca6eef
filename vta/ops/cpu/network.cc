#include "vta/ops/cpu/network.h"

#include <algorithm>
#include <cstring>

#include "vta/base/error.h"
#include "vta/ops/cpu/layers.h"

namespace vta::ops::cpu {

using graph::Node;
using graph::ValueId;

namespace {

// w[o][c][r][s] as [o / 16][c / block][r][s][c % block][o % 16].
void pack_weights(const Conv2d& c, std::span<const float> w, float* packed) {
  const int64_t taps = c.kernel * c.kernel;
  for (int64_t o = 0; o < c.out_channels; ++o) {
    for (int64_t i = 0; i < c.in_channels; ++i) {
      for (int64_t t = 0; t < taps; ++t) {
        const int64_t block = o / kBlock * (c.in_channels / c.in_block) + i / c.in_block;
        const int64_t row = (block * taps + t) * c.in_block + i % c.in_block;
        packed[row * kBlock + o % kBlock] =
            w[static_cast<size_t>((o * c.in_channels + i) * taps + t)];
      }
    }
  }
}

}  // namespace

Network::Network(const graph::Graph& graph, codegen::Jit& jit)
    : graph_(&graph), steps_(jit), users_(consumers(graph)), producers_(producers(graph)) {
  require(graph.inputs.size() == 1 && graph.outputs.size() == 1,
          "{}: {} inputs and {} outputs, must be one each", graph.name, graph.inputs.size(),
          graph.outputs.size());
  input_type_ = graph.value(graph.inputs[0]).type;
  output_type_ = graph.value(graph.outputs[0]).type;
  const Shape& shape = input_type_.shape;
  require(input_type_.dtype == DType::kFloat32 && shape.size() == 4 && shape[0] == 1,
          "{}: the input is {}, must be f32[1, C, H, W]", graph.name, to_string(input_type_));
  const int64_t block = shape[1] % kBlock == 0 ? kBlock : shape[1];
  input_ = steps_.allocate<float>(element_count(shape));
  steps_.add(pack(shape[1], shape[2], shape[3], block), {input_, memory_of(graph.inputs[0])});
  for (const Node& node : graph.nodes) {
    if (!done_.contains(node.outputs[0])) add(node);
  }
  output_ = memory_of(graph.outputs[0]);
  graph_ = nullptr;
}

Tensor Network::run(const Tensor& input) const {
  require(input.dtype() == input_type_.dtype && input.shape() == input_type_.shape,
          "the input is {}[{}], must be {}", dtype_name(input.dtype()), to_string(input.shape()),
          to_string(input_type_));
  std::memcpy(input_, input.bytes().data(), input.bytes().size());
  steps_.run();
  Tensor output(output_type_.dtype, output_type_.shape);
  std::memcpy(output.bytes().data(), output_, output.bytes().size());
  return output;
}

void Network::add(const Node& node) {
  const Shape& x = graph_->value(node.inputs.at(0)).type.shape;
  if (node.op == "conv") {
    add_conv(node);
  } else if (node.op == "max_pool") {
    add_max_pool(node);
  } else if (node.op == "global_average_pool") {
    steps_.add(global_average_pool(x[1], x[2], x[3]),
               {memory_of(node.inputs[0]), memory_of(node.outputs[0])});
  } else if (node.op == "flatten" && x.size() == 4 && x[2] * x[3] == 1) {
    values_[node.outputs[0]] = memory_of(node.inputs[0]);
  } else if (node.op == "gemm") {
    add_gemm(node);
  } else {
    fail("{} '{}': no layer of a host's network, or not behind a convolution of its own", node.op,
         node.name);
  }
}

const Node* Network::only_user(ValueId value) const {
  const auto& users = users_[static_cast<size_t>(value)];
  const bool is_output = graph_->outputs[0] == value;
  return users.size() == 1 && !is_output ? &graph_->nodes[static_cast<size_t>(users[0])] : nullptr;
}

// Takes an add of what is there already, then a relu.
Network::Fused Network::fuse(const Node& node, Conv2d conv) {
  Fused fused{conv, graph::kNoValue, node.outputs[0]};
  const Node* next = only_user(fused.result);
  if (next != nullptr && next->op == "add") {
    const ValueId other = next->inputs[next->inputs[0] == fused.result ? 1 : 0];
    const auto place = [&](ValueId v) { return producers_[static_cast<size_t>(v)]; };
    const bool is_there = place(other) < place(fused.result) && other != fused.result;
    if (is_there && graph_->value(other).type == graph_->value(fused.result).type) {
      fused.conv.residual = true;
      fused.residual = other;
      fused.result = next->outputs[0];
      next = only_user(fused.result);
    }
  }
  if (next != nullptr && next->op == "relu") {
    fused.conv.relu = true;
    fused.result = next->outputs[0];
  }
  return fused;
}

void Network::add_conv(const Node& node) {
  const Tensor* w = graph_->constant(node.input(1));
  const Shape& x = graph_->value(node.inputs[0]).type.shape;
  require(w != nullptr && w->rank() == 4 && w->shape()[2] == w->shape()[3] &&
              node.int_attr("group") == 1 && x[0] == 1 && w->shape()[0] % kBlock == 0,
          "conv '{}': must have one group, batch 1, constant square weights and a multiple of {} "
          "channels out",
          node.name, kBlock);
  const Square window = square_window(node);
  const Fused f = fuse(node, {.in_channels = x[1],
                              .out_channels = w->shape()[0],
                              .height = x[2],
                              .width = x[3],
                              .kernel = w->shape()[2],
                              .stride = window.stride,
                              .pad = window.pad,
                              .in_block = x[1] % kBlock == 0 ? kBlock : x[1]});
  float* weights = steps_.allocate<float>(w->size());
  pack_weights(f.conv, w->as<float>(), weights);
  float* bias = steps_.allocate<float>(f.conv.out_channels);
  if (node.has_input(2)) {
    const Tensor* b = graph_->constant(node.input(2));
    require(b != nullptr, "conv '{}': the bias must be constant", node.name);
    std::ranges::copy(b->as<float>(), bias);
  }
  std::vector<void*> buffers = {memory_of(node.inputs[0]), weights, bias};
  if (f.conv.residual) buffers.push_back(memory_of(f.residual));
  buffers.push_back(memory_of(f.result));
  steps_.add(conv2d_f32("conv2d", f.conv), std::move(buffers));
  for (ValueId v = node.outputs[0]; v != f.result; v = only_user(v)->outputs[0]) {
    done_.insert(only_user(v)->outputs[0]);
  }
}

void Network::add_max_pool(const Node& node) {
  const Shape& x = graph_->value(node.inputs[0]).type.shape;
  const auto& kernel = node.ints_attr("kernel_shape");
  const Square window = square_window(node);
  const MaxPool pool{x[1], x[2], x[3], kernel[0], window.stride, window.pad};
  const Shape& y = graph_->value(node.outputs[0]).type.shape;
  require(kernel[0] == kernel[1] && x[1] % kBlock == 0 && y[2] == pool.out_height() &&
              y[3] == pool.out_width(),
          "max_pool '{}': must be square, without ceil_mode, over a multiple of {} channels",
          node.name, kBlock);
  steps_.add(max_pool(pool), {memory_of(node.inputs[0]), memory_of(node.outputs[0])});
}

void Network::add_gemm(const Node& node) {
  const Tensor* w = graph_->constant(node.input(1));
  const Tensor* b = graph_->constant(node.input(2));
  const bool is_plain =
      node.int_attr("transA") == 0 && node.float_attr("alpha") == 1 && node.float_attr("beta") == 1;
  require(w != nullptr && b != nullptr && is_plain && w->rank() == 2,
          "gemm '{}': must have constant weights and bias, and no factors", node.name);
  const bool transposed = node.int_attr("transB") != 0;
  const int64_t out = w->shape()[transposed ? 0 : 1], in = w->shape()[transposed ? 1 : 0];
  require(out % 8 == 0 && b->size() == out, "gemm '{}': {} outputs, must be a multiple of 8",
          node.name, out);
  float* weights = steps_.allocate<float>(w->size());
  const std::span<const float> from = w->as<float>();
  for (int64_t i = 0; i < in; ++i) {
    for (int64_t o = 0; o < out; ++o) {
      weights[i * out + o] = from[static_cast<size_t>(transposed ? o * in + i : i * out + o)];
    }
  }
  float* bias = steps_.allocate<float>(out);
  std::ranges::copy(b->as<float>(), bias);
  steps_.add(dense(in, out),
             {memory_of(node.inputs[0]), weights, bias, memory_of(node.outputs[0])});
}

float* Network::memory_of(ValueId value) {
  float*& memory = values_[value];
  if (memory == nullptr)
    memory = steps_.allocate<float>(element_count(graph_->value(value).type.shape));
  return memory;
}

}  // namespace vta::ops::cpu
