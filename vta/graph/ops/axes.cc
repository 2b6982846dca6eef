#include "vta/graph/ops/axes.h"

#include <algorithm>

namespace vta::graph {

size_t normalize_axis(int64_t axis, size_t rank) {
  const auto limit = static_cast<int64_t>(rank);
  require(rank > 0, "axis {} of a scalar, which has none", axis);
  require(axis >= -limit && axis < limit, "axis {} is outside [{}, {}]", axis, -limit, limit - 1);
  return static_cast<size_t>(axis < 0 ? axis + limit : axis);
}

std::vector<size_t> normalize_axes(std::span<const int64_t> axes, size_t rank) {
  std::vector<size_t> result;
  for (const int64_t axis : axes) result.push_back(normalize_axis(axis, rank));
  std::ranges::sort(result);
  const auto twice = std::ranges::adjacent_find(result);
  if (twice != result.end()) fail("axis {} is given twice", *twice);
  return result;
}

std::vector<int64_t> integers(const Tensor& tensor, std::string_view name) {
  require(tensor.rank() <= 1, "input '{}' must have rank 0 or 1, got shape {}", name,
          to_string(tensor.shape()));
  if (tensor.dtype() == DType::kInt32) {
    const auto values = tensor.as<int32_t>();
    return {values.begin(), values.end()};
  }
  require(tensor.dtype() == DType::kInt64, "input '{}' must be i32 or i64, got {}", name,
          dtype_name(tensor.dtype()));
  const auto values = tensor.as<int64_t>();
  return {values.begin(), values.end()};
}

const Tensor& constant_value(const InferInput& input, std::string_view name) {
  require(input.constant != nullptr,
          "input '{}' must be a constant, because the output's shape follows from it: store it in "
          "the model as an initializer, or bind the graph input that it comes from",
          name);
  return *input.constant;
}

std::vector<int64_t> constant_integers(const InferInput& input, std::string_view name) {
  return integers(constant_value(input, name), name);
}

}  // namespace vta::graph
