// qconv_transpose: the operator library's scheduled transposed convolution. The zero point's part
// of a sum depends on the taps that an output meets, so each class of outputs with the same taps is
// requantised by records of its own. Of an input of one pixel every output pixel sees one tap: that
// is a dense layer, each output pixel a channel block of its own.
#include <algorithm>

#include "vta/codegen/accel/generate.h"
#include "vta/compiler/conv_node.h"
#include "vta/compiler/conv_transpose_node.h"
#include "vta/compiler/lower.h"
#include "vta/compiler/macs.h"
#include "vta/compiler/requantise_records.h"
#include "vta/graph/ops/movement.h"
#include "vta/module/layout.h"
#include "vta/ops/accel/conv2d_model.h"

namespace vta::compiler {

namespace {

constexpr Requantize kZero = {.clip_min = 0, .clip_max = 0};

runtime::RelocatableProgram program_of(loop::Function f, const hw::Config& config) {
  std::rotate(f.parameters.begin(), f.parameters.end() - 1, f.parameters.end());
  return codegen::accel::generate(f, config);
}

std::vector<ops::accel::Progression> outputs_of(const std::vector<TransposeClass>& classes) {
  std::vector<ops::accel::Progression> result;
  for (const TransposeClass& c : classes) result.push_back(c.outputs);
  return result;
}

// Records of several classes, each of `elements` elements, as [elements][classes].
std::vector<uint8_t> by_element(const std::vector<std::vector<uint8_t>>& classes,
                                int64_t elements) {
  const auto record = std::ssize(classes[0]) / elements;
  std::vector<uint8_t> bytes;
  for (int64_t element = 0; element < elements; ++element) {
    for (const std::vector<uint8_t>& records : classes) {
      const auto from = records.begin() + element * record;
      bytes.insert(bytes.end(), from, from + record);
    }
  }
  return bytes;
}

LoweredKernel lower_by_phase(const graph::Graph& graph, const graph::Node& node,
                             const ConvTransposeNode& conv, const Tensor& weights,
                             const hw::Config& config) {
  const Packing packing(config);
  const int64_t elements = conv.merge.groups * conv.merge.out_blocks * packing.out_per_block;
  ops::accel::Conv2dTransposeShape shape = conv.shape();
  std::vector<std::vector<uint8_t>> records;
  const auto add_records = [&](std::span<const int64_t> rows, std::span<const int64_t> columns) {
    records.push_back(channel_records(channel_requantisation(graph, node, weights, rows, columns),
                                      elements, config));
  };
  if (node.int_attr("x_zero_point") == 0) {
    add_records({}, {});
  } else {
    shape.pad_min = node.int_attr("x_zero_point") == config.least_input();
    const auto rows = conv.row_classes(shape.pad_min), columns = conv.column_classes(shape.pad_min);
    shape.row_classes = outputs_of(rows);
    shape.column_classes = outputs_of(columns);
    for (const TransposeClass& row : rows) {
      for (const TransposeClass& column : columns) add_records(row.taps, column.taps);
    }
  }
  const auto knobs = ops::accel::default_knobs(shape, config);
  return {
      .program = program_of(ops::accel::scheduled_conv2d_transpose(shape, knobs, config), config),
      .constants = {
          module::pack_weights(expand_weights(weights, conv.groups, conv.merge, packing), config),
          by_element(records, elements)}};
}

// As a dense layer to [groups][out_blocks][output pixels] blocks of channels.
LoweredKernel lower_as_dense(const graph::Graph& graph, const graph::Node& node,
                             const ConvTransposeNode& conv, const Tensor& weights,
                             const hw::Config& config) {
  const Packing packing(config);
  const Tensor expanded = expand_weights(weights, conv.groups, conv.merge, packing);
  const int64_t blocks = conv.merge.groups * conv.merge.out_blocks;
  const int64_t depth = expanded.shape()[1], pixels = conv.output.h * conv.output.w;
  const int64_t taps = conv.kernel_h * conv.kernel_w;
  Tensor rows(DType::kInt8, {blocks * pixels * packing.block, depth, 1, 1});
  std::vector<Requantize> requantise(static_cast<size_t>(rows.shape()[0]), kZero);
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const int64_t y = pixel / conv.output.w + conv.pad_top;
    const int64_t x = pixel % conv.output.w + conv.pad_left;
    const bool has_tap = y < conv.kernel_h && x < conv.kernel_w;
    const std::vector<int64_t> ky(has_tap ? 1 : 0, y), kx(has_tap ? 1 : 0, x);
    const auto channels = channel_requantisation(graph, node, weights, ky, kx);
    for (int64_t channel = 0; channel < blocks * packing.block; ++channel) {
      const int64_t row =
          (channel / packing.block * pixels + pixel) * packing.block + channel % packing.block;
      if (channel < conv.output.c) {
        requantise[static_cast<size_t>(row)] = channels[static_cast<size_t>(channel)];
      }
      for (int64_t i = 0; has_tap && i < depth; ++i) {
        rows.as<int8_t>()[row * depth + i] =
            expanded.as<int8_t>()[(channel * depth + i) * taps + y * conv.kernel_w + x];
      }
    }
  }
  const ops::accel::Conv2dShape shape{.batches = conv.batches,
                                      .groups = conv.merge.groups,
                                      .in_blocks = conv.merge.in_blocks,
                                      .in_h = 1,
                                      .in_w = 1,
                                      .out_blocks = conv.merge.out_blocks * pixels,
                                      .out_h = 1,
                                      .out_w = 1,
                                      .kernel_h = 1,
                                      .kernel_w = 1};
  const auto knobs = ops::accel::default_knobs(shape, config);
  return {
      .program = program_of(ops::accel::scheduled_conv2d(shape, knobs, config), config),
      .constants = {module::pack_weights(rows, config),
                    channel_records(requantise, blocks * pixels * packing.out_per_block, config)}};
}

}  // namespace

LoweredKernel lower_conv_transpose(const graph::Graph& graph, const graph::Node& node,
                                   const hw::Config& config) {
  const ConvTransposeNode conv(graph, node, Packing(config));
  const Tensor weights = graph::exchange_channels(*graph.constant(node.input(1)), conv.groups);
  const bool one_pixel = conv.input.h == 1 && conv.input.w == 1;
  LoweredKernel kernel =
      (one_pixel ? lower_as_dense : lower_by_phase)(graph, node, conv, weights, config);
  kernel.macs = macs(graph, node);
  return kernel;
}

}  // namespace vta::compiler
