// A transposed convolution node as its lowering sees it.
#pragma once

#include <vector>

#include "vta/compiler/conv_weights.h"
#include "vta/compiler/packing.h"
#include "vta/graph/graph.h"
#include "vta/ops/accel/conv2d_transpose.h"

namespace vta::compiler {

// The outputs along one spatial dimension that meet the same taps of the kernel, and those taps.
struct TransposeClass {
  ops::accel::Progression outputs;
  std::vector<int64_t> taps;
};

// A qconv_transpose with dilations of 1.
struct ConvTransposeNode {
  ConvTransposeNode(const graph::Graph& graph, const graph::Node& node, const Packing& packing);

  // With one class for all outputs.
  ops::accel::Conv2dTransposeShape shape() const;
  // In order; together all outputs. `padding_counts` where taps outside the input, which is the
  // zero point there, are met like others.
  std::vector<TransposeClass> row_classes(bool padding_counts) const;
  std::vector<TransposeClass> column_classes(bool padding_counts) const;

  PackedShape input;
  PackedShape output;
  int64_t groups;
  int64_t kernel_h, kernel_w;
  int64_t stride_h, stride_w;
  int64_t pad_top, pad_left;
  int64_t batches;
  GroupMerge merge;
};

}  // namespace vta::compiler
