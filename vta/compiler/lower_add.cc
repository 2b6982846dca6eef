// qadd: the operator library's residual add over all elements of the packed tensors, which lie one
// after another, with the records of both operands and of the sum.
#include "vta/codegen/accel/generate.h"
#include "vta/compiler/lower.h"
#include "vta/compiler/packing.h"
#include "vta/compiler/requantise_records.h"
#include "vta/ops/accel/residual_add.h"

namespace vta::compiler {

namespace {

// Of (x << left_shift), x as it is stored: the bias takes the zero point back.
Requantize operand_scale(const graph::Node& node, const std::string& operand) {
  const auto unit = int64_t{1} << node.int_attr("left_shift");
  return {.bias = static_cast<int32_t>(-node.int_attr(operand + "_zero_point") * unit),
          .factor = static_cast<int32_t>(node.int_attr(operand + "_factor")),
          .shift = static_cast<int>(node.int_attr(operand + "_shift")),
          .wide = true};
}

Requantize output_scale(const graph::Node& node) {
  return {.factor = static_cast<int32_t>(node.int_attr("factor")),
          .shift = static_cast<int>(node.int_attr("shift")),
          .zero_point = static_cast<int>(node.int_attr("zero_point")),
          .clip_min = static_cast<int>(node.int_attr("clip_min")),
          .clip_max = static_cast<int>(node.int_attr("clip_max"))};
}

}  // namespace

LoweredKernel lower_add(const graph::Graph& graph, const graph::Node& node,
                        const hw::Config& config) {
  const Packing packing(config);
  const PackedShape shape(graph.value(node.outputs[0]).type.shape);
  const int64_t elements = packing.batches(shape.n) * packing.blocks(shape.c) * shape.h * shape.w *
                           packing.out_per_block;
  const auto knobs = ops::accel::default_knobs(elements, config);
  return {
      .program = codegen::accel::generate(
          ops::accel::scheduled_residual_add(elements, node.int_attr("left_shift"), knobs, config),
          config),
      .constants = {uniform_record(operand_scale(node, "a"), config),
                    uniform_record(operand_scale(node, "b"), config),
                    uniform_record(output_scale(node), config)},
      .macs = 0};
}

}  // namespace vta::compiler
