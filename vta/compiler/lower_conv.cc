// qconv and qgemm: the operator library's scheduled convolution with its default knobs. Groups that
// are narrower than a block become groups of whole blocks with zero weights between them.
#include <algorithm>

#include "vta/codegen/accel/generate.h"
#include "vta/compiler/conv_node.h"
#include "vta/compiler/conv_weights.h"
#include "vta/compiler/lower.h"
#include "vta/module/layout.h"
#include "vta/ops/accel/conv2d_model.h"

namespace vta::compiler {

namespace {

std::vector<int64_t> begins(const std::vector<Span>& runs) {
  std::vector<int64_t> first;
  for (const Span& run : runs) first.push_back(run.begin);
  return first;
}

ops::accel::Conv2dShape packed_shape(const ConvNode& node, const GroupMerge& merge,
                                     const BorderClasses& border, const Packing& packing) {
  return {.batches = packing.batches(node.input.n),
          .groups = merge.groups,
          .in_blocks = merge.in_blocks,
          .in_h = node.input.h,
          .in_w = node.input.w,
          .out_blocks = merge.out_blocks,
          .out_h = node.output.h,
          .out_w = node.output.w,
          .kernel_h = node.weights.shape()[2],
          .kernel_w = node.weights.shape()[3],
          .stride_h = node.strides[0],
          .stride_w = node.strides[1],
          .dilation_h = node.dilations[0],
          .dilation_w = node.dilations[1],
          .pad_top = node.pads[0],
          .pad_left = node.pads[1],
          .row_classes = begins(border.rows),
          .column_classes = begins(border.columns)};
}

// The output as the first buffer.
runtime::RelocatableProgram program_of(const ops::accel::Conv2dShape& shape,
                                       const hw::Config& config) {
  const auto knobs = ops::accel::default_knobs(shape, config);
  loop::Function f = ops::accel::scheduled_conv2d(shape, knobs, config);
  std::rotate(f.parameters.begin(), f.parameters.end() - 1, f.parameters.end());
  return codegen::accel::generate(f, config);
}

}  // namespace

LoweredKernel lower_conv(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config) {
  const Packing packing(config);
  const ConvNode conv(graph, node);
  const GroupMerge merge = merge_groups(conv.input.c, conv.output.c, conv.groups, packing);
  const BorderClasses border(conv, conv.has_padding() ? node.int_attr("x_zero_point") : int64_t{0});
  LoweredKernel kernel;
  kernel.program = program_of(packed_shape(conv, merge, border, packing), config);
  kernel.constants.push_back(
      module::pack_weights(expand_weights(conv.weights, conv.groups, merge, packing), config));
  const int64_t elements = merge.groups * merge.out_blocks * packing.out_per_block;
  kernel.constants.push_back(conv_records(graph, node, conv, border, elements, config));
  kernel.macs = conv.output.n * conv.output.h * conv.output.w * conv.weights.size();
  return kernel;
}

}  // namespace vta::compiler
