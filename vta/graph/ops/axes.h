// Axes and lists of integers as operators take them: negative axes count from the end, and lists
// come as one-dimensional integer tensors that shape inference must know.
#pragma once

#include <string_view>
#include <vector>

#include "vta/graph/op.h"

namespace vta::graph {

// `axis` in [0, rank). Throws Error that names the legal range.
size_t normalize_axis(int64_t axis, size_t rank);
// Each normalised; sorted. Throws Error for an axis that is given twice.
std::vector<size_t> normalize_axes(std::span<const int64_t> axes, size_t rank);

// The elements of an i32 or i64 tensor of rank 0 or 1; throws Error for another type or rank.
std::vector<int64_t> integers(const Tensor& tensor, std::string_view name);
// The same of an input; throws Error that says what to do when its value is not known.
std::vector<int64_t> constant_integers(const InferInput& input, std::string_view name);
// The value of an input that must be a constant, under the same rule.
const Tensor& constant_value(const InferInput& input, std::string_view name);

inline bool is_present(std::span<const InferInput> inputs, size_t index) {
  return index < inputs.size() && inputs[index].present;
}
inline const Tensor* tensor_at(std::span<const Tensor* const> inputs, size_t index) {
  return index < inputs.size() ? inputs[index] : nullptr;
}

}  // namespace vta::graph
