// qadd: the operator library's weighted add where both operands are multiplied by integers that are
// weights of the array; else its residual add over all elements, with the records of both operands
// and of the sum.
#include "vta/codegen/accel/generate.h"
#include "vta/compiler/diagonal_matrix.h"
#include "vta/compiler/lower.h"
#include "vta/compiler/packing.h"
#include "vta/compiler/requantise_records.h"
#include "vta/ops/accel/residual_add.h"
#include "vta/ops/accel/weighted_add.h"

namespace vta::compiler {

namespace {

// 0 where the operand's multiplier is no such integer.
int8_t weight_of(const graph::Node& node, const std::string& operand, const hw::Config& config) {
  if (node.int_attr("left_shift") != 0) return 0;
  const int factor = exact_factor({static_cast<int32_t>(node.int_attr(operand + "_factor")),
                                   static_cast<int>(node.int_attr(operand + "_shift"))});
  return factor < 1 << (config.wgt_bits - 1) ? static_cast<int8_t>(factor) : int8_t{0};
}

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

LoweredKernel lower_weighted(const graph::Node& node, int64_t pixels, int8_t a, int8_t b,
                             const hw::Config& config) {
  Requantize scale = output_scale(node);
  scale.bias =
      static_cast<int32_t>(-a * node.int_attr("a_zero_point") - b * node.int_attr("b_zero_point"));
  const auto knobs = ops::accel::default_weighted_add_knobs(pixels, config);
  return {.program = codegen::accel::generate(
              ops::accel::scheduled_weighted_add(pixels, knobs, config), config),
          .constants = {diagonal_matrix(a, config), diagonal_matrix(b, config),
                        uniform_record(scale, config)},
          .macs = 0};
}

}  // namespace

LoweredKernel lower_add(const graph::Graph& graph, const graph::Node& node,
                        const hw::Config& config) {
  const Packing packing(config);
  const PackedShape shape(graph.value(node.outputs[0]).type.shape);
  const int64_t pixels = packing.batches(shape.n) * packing.blocks(shape.c) * shape.h * shape.w;
  const int8_t a = weight_of(node, "a", config), b = weight_of(node, "b", config);
  if (a > 0 && b > 0) return lower_weighted(node, pixels, a, b, config);

  const int64_t elements = pixels * packing.out_per_block;
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
