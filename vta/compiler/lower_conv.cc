// qconv and qgemm: the operator library's scheduled convolution with its default knobs. Groups that
// are narrower than a block become groups of whole blocks with zero weights between them; groups of
// one channel are convolved by DEPTHWISE where the hardware has it and that is faster.
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

std::vector<int64_t> begins(const std::vector<BorderRun>& runs) {
  std::vector<int64_t> first;
  for (const BorderRun& run : runs) first.push_back(run.outputs.begin);
  return first;
}

ops::accel::Conv2dShape packed_shape(const ConvNode& node, const GroupMerge& merge,
                                     const BorderClasses& border, bool pad_min,
                                     const Packing& packing) {
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
          .pad_min = pad_min,
          .row_classes = begins(border.rows),
          .column_classes = begins(border.columns)};
}

// A convolution with all that its program depends on.
struct Packed {
  Packed(ConvNode node, int64_t x_zero_point, const hw::Config& config)
      : conv(std::move(node)),
        packing(config),
        merge(merge_groups(conv.input.c, conv.output.c, conv.groups, packing)),
        pad_min(conv.has_padding() && x_zero_point == config.least_input()),
        border(conv, !conv.has_padding() || x_zero_point == 0 || pad_min),
        shape(packed_shape(conv, merge, border, pad_min, packing)) {}

  // Whether each output channel sees one input channel, its own.
  bool is_depthwise() const {
    return conv.groups == conv.input.c && conv.groups == conv.output.c &&
           merge.in_blocks * merge.out_blocks == 1;
  }
  ops::accel::Conv2dWork work(const hw::Config& config) const {
    return by_taps ? ops::accel::Conv2dWork::depthwise(shape, config)
                   : ops::accel::Conv2dWork(shape);
  }

  ConvNode conv;
  Packing packing;
  GroupMerge merge;
  bool pad_min;  // the zero point is what LOAD can pad with
  BorderClasses border;
  ops::accel::Conv2dShape shape;
  bool by_taps = false;  // by depthwise_conv2d
};

// Infinitely many where no tile fits.
double cycles(const Packed& packed, const hw::Config& config) {
  try {
    const ops::accel::Conv2dWork work = packed.work(config);
    return *estimated_cycles(work, default_knobs(work, config), config);
  } catch (const ops::accel::DoesNotFit&) {
    return std::numeric_limits<double>::infinity();
  }
}

// Whether a module's fold has room for the numbers of this axis.
bool is_in_range(const ConvNode& conv, size_t axis) {
  constexpr int64_t kLargest = 255;
  return std::max({conv.weights.shape()[2 + axis], conv.strides[axis], conv.dilations[axis],
                   conv.pads[axis]}) <= kLargest;
}

// The products of blocks that an output takes.
int64_t products(const ops::accel::Conv2dShape& shape) {
  return shape.in_blocks * shape.kernel_h * shape.kernel_w;
}

// The output as the first buffer.
runtime::RelocatableProgram program_of(const Packed& packed, const hw::Config& config) {
  const auto knobs = ops::accel::default_knobs(packed.work(config), config);
  loop::Function f = packed.by_taps
                         ? ops::accel::scheduled_depthwise_conv2d(packed.shape, knobs, config)
                         : ops::accel::scheduled_conv2d(packed.shape, knobs, config);
  std::rotate(f.parameters.begin(), f.parameters.end() - 1, f.parameters.end());
  return codegen::accel::generate(f, config);
}

Tensor weights_of(const Packed& p, const hw::Config& config) {
  if (p.by_taps) return tap_weights(p.conv.weights, tap_runs(p.shape, config), config);
  return expand_weights(p.conv.weights, p.conv.groups, p.merge, p.packing);
}

LoweredKernel lowered(const graph::Graph& graph, const graph::Node& node, const Packed& packed,
                      const hw::Config& config, ConvPrograms& programs) {
  const std::pair key(packed.shape, packed.by_taps);
  if (!programs.contains(key)) programs.emplace(key, program_of(packed, config));
  const ConvNode& conv = packed.conv;
  const GroupMerge& merge = packed.merge;
  const int64_t elements = merge.groups * merge.out_blocks * packed.packing.out_per_block;
  return {.program = programs.at(key),
          .constants = {module::pack_weights(weights_of(packed, config), config),
                        conv_records(graph, node, conv, packed.border, elements, config)},
          .macs = conv.output.n * conv.output.h * conv.output.w * conv.weights.size()};
}

}  // namespace

// Folded windows fill blocks that few channels would leave empty.
LoweredKernel lower_conv(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config, bool input_on_host, ConvPrograms& programs) {
  const int64_t x_zero_point = node.int_attr("x_zero_point");
  const ConvNode conv(graph, node);
  Packed best(conv, x_zero_point, config);
  std::optional<module::WindowFold> fold;
  if (input_on_host && conv.groups == 1 && is_in_range(conv, 1)) {
    for (const bool rows : {false, true}) {
      if (rows && !is_in_range(conv, 0)) continue;
      Packed folded(conv.with_folded_windows(rows), x_zero_point, config);
      if (products(folded.shape) >= products(best.shape)) continue;
      if (cycles(folded, config) >= cycles(best, config)) continue;
      best = std::move(folded);
      fold = conv.window_fold(rows, x_zero_point);
    }
  }
  if (best.is_depthwise() && tap_runs(best.shape, config).count > 0) {
    Packed by_taps = best;
    by_taps.by_taps = true;
    if (cycles(by_taps, config) < cycles(best, config)) best = std::move(by_taps);
  }
  LoweredKernel kernel = lowered(graph, node, best, config, programs);
  kernel.input_fold = fold;
  return kernel;
}

}  // namespace vta::compiler
