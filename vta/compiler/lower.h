// Lowering: one integer node becomes one accelerator program. Each lower_… is one file.
//
// Buffer 0 of a program is the node's output, buffers 1, 2, … its activation inputs in order, and
// the ones after that its constants.
#pragma once

#include <vector>

#include "vta/graph/graph.h"
#include "vta/runtime/command_stream.h"

namespace vta::compiler {

struct LoweredKernel {
  runtime::RelocatableProgram program;
  std::vector<std::vector<uint8_t>> constants;  // contents of the buffers after the activations
  int64_t macs = 0;  // the node's own multiply-accumulates: no padding of channels counted
};

// The node must be one that why_not (offload.h) accepts. Throws ops::accel::DoesNotFit.
LoweredKernel lower(const graph::Graph& graph, const graph::Node& node, const hw::Config& config);

// By operator.
LoweredKernel lower_conv(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config);  // qconv, qgemm
LoweredKernel lower_conv_transpose(const graph::Graph& graph, const graph::Node& node,
                                   const hw::Config& config);  // qconv_transpose
LoweredKernel lower_add(const graph::Graph& graph, const graph::Node& node,
                        const hw::Config& config);  // qadd
LoweredKernel lower_pool(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config);  // qmax_pool, qaverage_pool, qglobal_…
LoweredKernel lower_rescale(const graph::Graph& graph, const graph::Node& node,
                            const hw::Config& config);  // qrescale

}  // namespace vta::compiler
