// Lowering: one integer node becomes one accelerator program. Each lower_… is one file.
//
// Buffer 0 of a program is the node's output, buffers 1, 2, … its activation inputs in order, and
// the ones after that its constants.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "vta/graph/graph.h"
#include "vta/module/window_fold.h"
#include "vta/ops/accel/conv2d.h"
#include "vta/runtime/command_stream.h"

namespace vta::compiler {

struct LoweredKernel {
  runtime::RelocatableProgram program;
  std::vector<std::vector<uint8_t>> constants;  // contents of the buffers after the activations
  int64_t macs = 0;  // the node's own multiply-accumulates: no padding of channels counted
  // How the first input must be uploaded, where its layout is not the usual one.
  std::optional<module::WindowFold> input_fold = std::nullopt;
};

// Convolutions of one configuration, whether they are of DEPTHWISE, and their programs: equal
// layers have equal ones, which are generated once.
using ConvPrograms =
    std::map<std::pair<ops::accel::Conv2dShape, bool>, runtime::RelocatableProgram>;

// The node must be one that why_not (offload.h) accepts. `input_on_host`: the first input is
// uploaded for this node, so it may come folded. Throws ops::accel::DoesNotFit.
LoweredKernel lower(const graph::Graph& graph, const graph::Node& node, const hw::Config& config,
                    bool input_on_host, ConvPrograms& programs);

// By operator.
LoweredKernel lower_conv(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config, bool input_on_host,
                         ConvPrograms& programs);  // qconv, qgemm
LoweredKernel lower_conv_transpose(const graph::Graph& graph, const graph::Node& node,
                                   const hw::Config& config);  // qconv_transpose
LoweredKernel lower_add(const graph::Graph& graph, const graph::Node& node,
                        const hw::Config& config);  // qadd
LoweredKernel lower_pool(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config);  // qmax_pool, qaverage_pool, qglobal_…
LoweredKernel lower_rescale(const graph::Graph& graph, const graph::Node& node,
                            const hw::Config& config);  // qrescale
LoweredKernel lower_movement(const graph::Graph& graph, const graph::Node& node,
                             const hw::Config& config);  // concat, resize

}  // namespace vta::compiler
