#include "vta/quantize/weighted_layer.h"

#include <algorithm>

namespace vta::quantize {

namespace {

Tensor transposed(const Tensor& matrix) {
  const int64_t rows = matrix.shape()[0];
  const int64_t columns = matrix.shape()[1];
  Tensor result(DType::kFloat32, {columns, rows});
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      result.as<float>()[static_cast<size_t>(c * rows + r)] =
          matrix.as<float>()[static_cast<size_t>(r * columns + c)];
    }
  }
  return result;
}

}  // namespace

std::optional<WeightedLayer> weighted_layer(const graph::Graph& graph, const graph::Node& node) {
  if (node.op != "conv" && node.op != "gemm") return std::nullopt;
  const Tensor* weights = graph.constant(node.input(1));
  if (weights == nullptr || weights->dtype() != DType::kFloat32) return std::nullopt;
  if (node.op == "conv") {
    if (weights->rank() != 4) return std::nullopt;
    return WeightedLayer{.rows = *weights, .groups = node.int_attr("group")};
  }
  if (node.int_attr("transA") != 0 || node.float_attr("alpha") != 1 ||
      node.float_attr("beta") != 1) {
    return std::nullopt;
  }
  return WeightedLayer{.rows = node.int_attr("transB") != 0 ? *weights : transposed(*weights)};
}

std::optional<Tensor> bias_of(const graph::Graph& graph, const graph::Node& node,
                              int64_t channels) {
  Tensor result(DType::kFloat32, {channels});
  if (!node.has_input(2)) return result;
  const Tensor* given = graph.constant(node.input(2));
  if (given == nullptr) return std::nullopt;
  if (given->size() == 1) {
    std::ranges::fill(result.as<float>(), given->as<float>()[0]);
    return result;
  }
  if (given->size() != channels || given->shape().back() != channels) return std::nullopt;
  return given->reshaped({channels});
}

}  // namespace vta::quantize
