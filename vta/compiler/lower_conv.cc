// qconv and qgemm: the operator library's scheduled convolution with its default knobs. Groups that
// are narrower than a block become groups of whole blocks with zero weights between them.
#include <algorithm>
#include <limits>

#include "vta/codegen/accel/generate.h"
#include "vta/compiler/conv_node.h"
#include "vta/compiler/conv_weights.h"
#include "vta/compiler/lower.h"
#include "vta/module/layout.h"
#include "vta/ops/accel/conv2d_model.h"
#include "vta/ops/accel/does_not_fit.h"

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

// A convolution with all that its program depends on.
struct Packed {
  Packed(ConvNode node, int64_t x_zero_point, const Packing& packing)
      : conv(std::move(node)),
        merge(merge_groups(conv.input.c, conv.output.c, conv.groups, packing)),
        border(conv, conv.has_padding() ? x_zero_point : 0),
        shape(packed_shape(conv, merge, border, packing)) {}

  ConvNode conv;
  GroupMerge merge;
  BorderClasses border;
  ops::accel::Conv2dShape shape;
};

// Infinitely many where no tile fits.
double cycles(const ops::accel::Conv2dShape& shape, const hw::Config& config) {
  try {
    return *estimated_cycles(shape, default_knobs(shape, config), config);
  } catch (const ops::accel::DoesNotFit&) {
    return std::numeric_limits<double>::infinity();
  }
}

// Whether folded columns fill blocks that few channels would leave empty, and that takes fewer
// cycles.
bool folding_pays(const Packed& plain, const Packed& folded, const hw::Config& config) {
  constexpr int64_t kLargest = 255;  // of a module's fold
  const ConvNode& conv = plain.conv;
  const bool in_range = std::max({conv.weights.shape()[3], conv.strides[1], conv.dilations[1],
                                  conv.pads[1]}) <= kLargest;
  return in_range && folded.shape.in_blocks < plain.shape.in_blocks * plain.shape.kernel_w &&
         cycles(folded.shape, config) < cycles(plain.shape, config);
}

// The output as the first buffer.
runtime::RelocatableProgram program_of(const ops::accel::Conv2dShape& shape,
                                       const hw::Config& config) {
  const auto knobs = ops::accel::default_knobs(shape, config);
  loop::Function f = ops::accel::scheduled_conv2d(shape, knobs, config);
  std::rotate(f.parameters.begin(), f.parameters.end() - 1, f.parameters.end());
  return codegen::accel::generate(f, config);
}

LoweredKernel lowered(const graph::Graph& graph, const graph::Node& node, const Packed& packed,
                      const hw::Config& config, ConvPrograms& programs) {
  const Packing packing(config);
  if (!programs.contains(packed.shape)) {
    programs.emplace(packed.shape, program_of(packed.shape, config));
  }
  const ConvNode& conv = packed.conv;
  const GroupMerge& merge = packed.merge;
  const int64_t elements = merge.groups * merge.out_blocks * packing.out_per_block;
  return {.program = programs.at(packed.shape),
          .constants = {module::pack_weights(
                            expand_weights(conv.weights, conv.groups, merge, packing), config),
                        conv_records(graph, node, conv, packed.border, elements, config)},
          .macs = conv.output.n * conv.output.h * conv.output.w * conv.weights.size()};
}

}  // namespace

LoweredKernel lower_conv(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config, bool input_on_host, ConvPrograms& programs) {
  const Packing packing(config);
  const int64_t x_zero_point = node.int_attr("x_zero_point");
  const Packed plain(ConvNode(graph, node), x_zero_point, packing);
  if (input_on_host && plain.conv.groups == 1 && plain.shape.kernel_w > 1) {
    const Packed folded(plain.conv.with_folded_columns(), x_zero_point, packing);
    if (folding_pays(plain, folded, config)) {
      LoweredKernel kernel = lowered(graph, node, folded, config, programs);
      kernel.input_fold = plain.conv.column_fold(x_zero_point);
      return kernel;
    }
  }
  return lowered(graph, node, plain, config, programs);
}

}  // namespace vta::compiler
