#include "vta/compiler/lower.h"

namespace vta::compiler {

LoweredKernel lower(const graph::Graph& graph, const graph::Node& node, const hw::Config& config,
                    bool input_on_host, ConvPrograms& programs) {
  if (node.op == "qconv" || node.op == "qgemm") {
    return lower_conv(graph, node, config, input_on_host, programs);
  }
  if (node.op == "qconv_transpose") return lower_conv_transpose(graph, node, config);
  if (node.op == "qadd") return lower_add(graph, node, config);
  if (node.op == "concat" || node.op == "resize") return lower_movement(graph, node, config);
  if (node.op == "qrescale") return lower_rescale(graph, node, config);
  return lower_pool(graph, node, config);
}

}  // namespace vta::compiler
