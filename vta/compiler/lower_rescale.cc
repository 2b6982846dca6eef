// qrescale: a requantisation alone is the operator library's average over windows of one pixel.
#include "vta/codegen/accel/generate.h"
#include "vta/compiler/diagonal_matrix.h"
#include "vta/compiler/lower.h"
#include "vta/compiler/packing.h"
#include "vta/compiler/requantise_records.h"
#include "vta/ops/accel/pool_model.h"

namespace vta::compiler {

LoweredKernel lower_rescale(const graph::Graph& graph, const graph::Node& node,
                            const hw::Config& config) {
  const Packing packing(config);
  const PackedShape x(graph.value(node.input(0)).type.shape);
  const int64_t pixels = x.h * x.w;
  const ops::accel::PoolShape shape{.planes = packing.batches(x.n) * packing.blocks(x.c),
                                    .h = {},
                                    .w = {.in = pixels, .out = pixels}};
  const auto knobs = ops::accel::default_knobs(ops::accel::PoolKind::kAverage, shape, config);
  const Requantize scale{.bias = static_cast<int32_t>(-node.int_attr("x_zero_point")),
                         .factor = static_cast<int32_t>(node.int_attr("factor")),
                         .shift = static_cast<int>(node.int_attr("shift")),
                         .zero_point = static_cast<int>(node.int_attr("zero_point")),
                         .clip_min = static_cast<int>(node.int_attr("clip_min")),
                         .clip_max = static_cast<int>(node.int_attr("clip_max"))};
  return {.program = codegen::accel::generate(
              ops::accel::scheduled_average_pool(shape, knobs, config), config),
          .constants = {diagonal_matrix(1, config), uniform_record(scale, config)},
          .macs = 0};
}

}  // namespace vta::compiler
