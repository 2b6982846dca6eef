// An integer network of convolutions, compiled for this machine: what a quantised residual network
// of pictures is made of. Bytes and layouts as in integer_layers.h; the output has each bit that
// graph::run gives.
#pragma once

#include <map>

#include "vta/codegen/llvm/compile.h"
#include "vta/graph/graph.h"
#include "vta/ops/cpu/conv2d.h"
#include "vta/ops/cpu/steps.h"

namespace vta::ops::cpu {

class IntegerNetwork {
 public:
  // `graph` has one input, f32[1, C, H, W], and one output, f32. Throws Error that names the node
  // that is not of these: quantize of the input; qconv (two dimensions, group 1, square window with
  // equal strides and padding) and qgemm without round_once, both with constant operands, weights
  // without zero point and, but for the first, a multiple of 16 channels in; qadd, qmax_pool and
  // qglobal_average_pool of a multiple of 16 channels; flatten of single positions; dequantize of
  // the output.
  IntegerNetwork(const graph::Graph& graph, codegen::Jit& jit);

  // The output for an input of the graph's type.
  Tensor run(const Tensor& input) const;

 private:
  void add(const graph::Node& node);
  void add_quantize(const graph::Node& node);
  void add_conv(const graph::Node& node);
  void add_gemm(const graph::Node& node);
  void add_product(const graph::Node& node, const Conv2d& conv);
  void add_qadd(const graph::Node& node);
  void add_max_pool(const graph::Node& node);
  void add_average(const graph::Node& node);
  void add_dequantize(const graph::Node& node);

  const Tensor& operand(const graph::Node& node, size_t index) const;
  const Shape& shape_of(graph::ValueId value) const { return graph_->value(value).type.shape; }
  int64_t blocks_of(const graph::Node& node, graph::ValueId value) const;
  uint8_t* memory_of(graph::ValueId value) const;  // of a value that a step before has written
  uint8_t* allocate(graph::ValueId value, int64_t bytes);

  const graph::Graph* graph_;  // while it is built
  Steps steps_;
  std::map<graph::ValueId, uint8_t*> values_;
  float* input_ = nullptr;
  float* output_ = nullptr;
  graph::TensorType input_type_, output_type_;
};

}  // namespace vta::ops::cpu
