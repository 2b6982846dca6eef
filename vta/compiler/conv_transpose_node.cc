#include "vta/compiler/conv_transpose_node.h"

#include <algorithm>

namespace vta::compiler {

namespace {

// Tap k of input i goes to output i * stride - pad + k.
struct Dimension {
  int64_t in, out, kernel, stride, pad;
  bool padding_counts;

  std::vector<int64_t> taps_of(int64_t output) const {
    std::vector<int64_t> taps;
    for (int64_t k = (output + pad) % stride; k < kernel; k += stride) {
      const int64_t position = output + pad - k;
      const bool inside = position >= 0 && position / stride < in;
      if (inside || padding_counts) taps.push_back(k);
    }
    return taps;
  }

  std::vector<TransposeClass> classes() const {
    std::vector<TransposeClass> result;
    for (int64_t phase = 0; phase < std::min(stride, out); ++phase) {
      for (int64_t output = phase; output < out; output += stride) {
        std::vector<int64_t> taps = taps_of(output);
        if (output == phase || taps != result.back().taps) {
          result.push_back({{output, output, stride}, std::move(taps)});
        }
        result.back().outputs.end = output + 1;
      }
    }
    return result;
  }
};

}  // namespace

ConvTransposeNode::ConvTransposeNode(const graph::Graph& graph, const graph::Node& node,
                                     const Packing& packing)
    : input(graph.value(node.input(0)).type.shape),
      output(graph.value(node.outputs[0]).type.shape),
      groups(node.int_attr("group")),
      kernel_h(graph.value(node.input(1)).type.shape[2]),
      kernel_w(graph.value(node.input(1)).type.shape[3]),
      stride_h(node.ints_attr("strides")[0]),
      stride_w(node.ints_attr("strides")[1]),
      pad_top(node.ints_attr("pads")[0]),
      pad_left(node.ints_attr("pads")[1]),
      batches(packing.batches(input.n)),
      merge(merge_groups(input.c, output.c, groups, packing)) {}

ops::accel::Conv2dTransposeShape ConvTransposeNode::shape() const {
  return {.batches = batches,
          .groups = merge.groups,
          .in_blocks = merge.in_blocks,
          .in_h = input.h,
          .in_w = input.w,
          .out_blocks = merge.out_blocks,
          .out_h = output.h,
          .out_w = output.w,
          .kernel_h = kernel_h,
          .kernel_w = kernel_w,
          .stride_h = stride_h,
          .stride_w = stride_w,
          .pad_top = pad_top,
          .pad_left = pad_left,
          .row_classes = {},
          .column_classes = {}};
}

std::vector<TransposeClass> ConvTransposeNode::row_classes(bool padding_counts) const {
  return Dimension{input.h, output.h, kernel_h, stride_h, pad_top, padding_counts}.classes();
}

std::vector<TransposeClass> ConvTransposeNode::column_classes(bool padding_counts) const {
  return Dimension{input.w, output.w, kernel_w, stride_w, pad_left, padding_counts}.classes();
}

}  // namespace vta::compiler
