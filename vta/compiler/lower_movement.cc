// concat of channels and nearest-neighbour resize: the operator library's movement.
#include "vta/codegen/accel/generate.h"
#include "vta/compiler/diagonal_matrix.h"
#include "vta/compiler/lower.h"
#include "vta/compiler/packing.h"
#include "vta/ops/accel/movement.h"

namespace vta::compiler {

LoweredKernel lower_movement(const graph::Graph& graph, const graph::Node& node,
                             const hw::Config& config) {
  const Packing packing(config);
  const PackedShape x(graph.value(node.input(0)).type.shape);
  const PackedShape y(graph.value(node.outputs[0]).type.shape);
  ops::accel::MovementShape shape{.batches = packing.batches(x.n), .blocks = {}};
  if (node.op == "concat") {
    for (const graph::ValueId id : node.inputs) {
      shape.blocks.push_back(packing.blocks(PackedShape(graph.value(id).type.shape).c));
    }
    shape.w = x.h * x.w;
  } else {
    shape.blocks = {packing.blocks(x.c)};
    shape.h = x.h;
    shape.w = x.w;
    shape.repeat_h = y.h / x.h;
    shape.repeat_w = y.w / x.w;
  }
  const auto knobs = ops::accel::default_knobs(shape, config);
  return {.program = codegen::accel::generate(ops::accel::scheduled_movement(shape, knobs, config),
                                              config),
          .constants = {diagonal_matrix(1, config)},
          .macs = 0};
}

}  // namespace vta::compiler
