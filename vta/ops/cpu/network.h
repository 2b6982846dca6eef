// A float network of convolutions, compiled for this machine: what a residual network of pictures
// is made of. Values between layers are blocked (conv2d.h), weights are packed once; bias,
// residual and rectifier are parts of their convolution.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "vta/codegen/llvm/compile.h"
#include "vta/graph/graph.h"
#include "vta/ops/cpu/conv2d.h"
#include "vta/ops/cpu/steps.h"

namespace vta::ops::cpu {

class Network {
 public:
  // `graph` has one input, f32[1, C, H, W], one output, and its batch normalisation folded. Throws
  // Error that names the node that is not of these: conv (two dimensions, group 1, square window
  // with equal strides and padding, a multiple of 16 channels out), add and relu behind one,
  // max_pool likewise, global_average_pool, flatten, gemm with constant weights.
  Network(const graph::Graph& graph, codegen::Jit& jit);

  // The output for an input of the graph's type.
  Tensor run(const Tensor& input) const;

 private:
  // A convolution with what of the nodes behind it is a part of it.
  struct Fused {
    Conv2d conv;
    graph::ValueId residual = graph::kNoValue;
    graph::ValueId result = graph::kNoValue;
  };

  void add(const graph::Node& node);
  void add_conv(const graph::Node& node);
  void add_max_pool(const graph::Node& node);
  void add_gemm(const graph::Node& node);
  Fused fuse(const graph::Node& node, Conv2d conv);
  const graph::Node* only_user(graph::ValueId value) const;

  float* memory_of(graph::ValueId value);

  const graph::Graph* graph_;  // while it is built
  Steps steps_;
  std::vector<std::vector<int32_t>> users_;
  std::vector<int32_t> producers_;
  std::map<graph::ValueId, float*> values_;
  std::set<graph::ValueId> done_;  // by a step before
  float* input_ = nullptr;
  float* output_ = nullptr;
  graph::TensorType input_type_, output_type_;
};

}  // namespace vta::ops::cpu
