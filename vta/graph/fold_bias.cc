// Gives products their bias: a matmul of a matrix by a constant one becomes a gemm, and an add of a
// constant per output channel behind a conv, conv_transpose or gemm becomes its bias. Exporters
// that write bias as an operator of its own lose nothing that way.
#include <algorithm>
#include <optional>
#include <set>

#include "vta/graph/passes.h"

namespace vta::graph {

namespace {

bool is_matrix_product(const Graph& graph, const Node& node) {
  return node.op == "matmul" && graph.value(node.input(0)).type.shape.size() == 2 &&
         graph.constant(node.input(1)) != nullptr && graph.constant(node.input(1))->rank() == 2 &&
         graph.value(node.outputs[0]).type.dtype == DType::kFloat32;
}

void make_gemm(Node& node) {
  node.op = "gemm";
  node.attributes = {{"alpha", 1.0}, {"beta", 1.0}, {"transA", int64_t{0}}, {"transB", int64_t{0}}};
}

// `addend` as one value per output channel of `product`, if it is that: all its dimensions are 1
// but the channel's.
std::optional<Tensor> per_channel(const Tensor& addend, const Shape& product) {
  if (addend.dtype() != DType::kFloat32 || addend.rank() > static_cast<int64_t>(product.size())) {
    return std::nullopt;
  }
  Shape aligned(product.size() - addend.shape().size(), 1);
  aligned.insert(aligned.end(), addend.shape().begin(), addend.shape().end());
  for (size_t d = 0; d < aligned.size(); ++d) {
    if (aligned[d] != 1 && (d != 1 || aligned[d] != product[1])) return std::nullopt;
  }
  Tensor bias(DType::kFloat32, {product[1]});
  for (int64_t c = 0; c < product[1]; ++c) {
    bias.as<float>()[static_cast<size_t>(c)] =
        addend.as<float>()[addend.size() == 1 ? 0 : static_cast<size_t>(c)];
  }
  return bias;
}

bool takes_bias(const Graph& graph, const Node& node) {
  const bool product = node.op == "conv" || node.op == "conv_transpose" || node.op == "gemm";
  const bool plain = node.op != "gemm" || node.float_attr("beta") == 1;
  return product && plain && !node.has_input(2) &&
         graph.value(node.outputs[0]).type.shape.size() >= 2;
}

}  // namespace

Graph fold_bias(const Graph& graph) {
  Graph result = graph;
  for (Node& node : result.nodes) {
    if (is_matrix_product(result, node)) make_gemm(node);
  }
  const std::vector<int32_t> producer = producers(result);
  const auto readers = consumers(result);
  std::set<std::string> removed;
  for (Node& node : result.nodes) {
    if (node.op != "add") continue;
    for (const size_t side : {size_t{0}, size_t{1}}) {
      const ValueId product = node.input(side);
      const Tensor* addend = result.constant(node.input(1 - side));
      const int32_t index = producer[static_cast<size_t>(product)];
      if (addend == nullptr || index < 0) continue;
      Node& before = result.nodes[static_cast<size_t>(index)];
      const bool only_reader = readers[static_cast<size_t>(product)].size() == 1 &&
                               std::ranges::count(result.outputs, product) == 0;
      if (!only_reader || !takes_bias(result, before)) continue;
      const Shape shape = result.value(product).type.shape;
      if (result.value(node.outputs[0]).type.shape != shape) continue;
      auto bias = per_channel(*addend, shape);
      if (!bias) continue;
      before.inputs.resize(3, kNoValue);
      before.inputs[2] = result.add_constant(before.name + ".bias", std::move(*bias));
      before.outputs[0] = node.outputs[0];
      removed.insert(node.name);
      break;
    }
  }
  std::erase_if(result.nodes, [&](const Node& node) { return removed.contains(node.name); });
  verify(result);
  return result;
}

}  // namespace vta::graph
