#include "vta/compiler/macs.h"

namespace vta::compiler {

int64_t macs(const graph::Graph& graph, const graph::Node& node) {
  const auto shape = [&](graph::ValueId id) -> const Shape& { return graph.value(id).type.shape; };
  if (node.op == "conv" || node.op == "qconv") {
    // Every output element is a sum over the weights of its channel.
    const Shape& weights = shape(node.input(1));
    return element_count(shape(node.outputs[0])) * (element_count(weights) / weights[0]);
  }
  if (node.op == "conv_transpose" || node.op == "qconv_transpose") {
    // Every input element meets the weights of its channel.
    const Shape& weights = shape(node.input(1));
    return element_count(shape(node.input(0))) * (element_count(weights) / weights[0]);
  }
  if (node.op == "gemm" || node.op == "qgemm" || node.op == "matmul") {
    const Shape& a = shape(node.input(0));
    const bool transposed = node.op == "gemm" && node.int_attr("transA") != 0;
    return element_count(shape(node.outputs[0])) * (transposed ? a.front() : a.back());
  }
  return 0;
}

int64_t macs(const graph::Graph& graph) {
  int64_t total = 0;
  for (const graph::Node& node : graph.nodes) total += macs(graph, node);
  return total;
}

}  // namespace vta::compiler
