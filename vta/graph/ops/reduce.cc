// Reductions. A list of axes may be empty, which means all; with keepdims a reduced dimension stays
// as 1. Floats are summed in double, integers wrap.
//
// reduce_mean(x) {axes = [], keepdims = 1}: of integers truncated.
// reduce_max(x) {axes = [], keepdims = 1}: NaN wins.
// reduce_sum(x, [axes]) {keepdims = 1, noop_with_empty_axes = 0}: axes must be a constant.
// arg_max(x) {axis = 0, keepdims = 1, select_last_index = 0}: i64.
#include "vta/graph/ops/reduce.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "vta/graph/ops/axes.h"
#include "vta/graph/ops/element_types.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/movement.h"

namespace vta::graph {
namespace {

Shape kept_shape(Shape shape, const std::vector<size_t>& axes) {
  for (const size_t axis : axes) shape[axis] = 1;
  return shape;
}

Shape reduced_shape(const Node& node, const Shape& shape, const std::vector<size_t>& axes) {
  if (node.int_attr("keepdims") != 0) return kept_shape(shape, axes);
  Shape result;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (!std::ranges::binary_search(axes, i)) result.push_back(shape[i]);
  }
  return result;
}

// The step in the result for a step in each dimension of x: 0 along the reduced ones.
std::vector<int64_t> result_strides(const Shape& shape, const std::vector<size_t>& axes) {
  std::vector<int64_t> strides = row_major_strides(kept_shape(shape, axes));
  for (const size_t axis : axes) strides[axis] = 0;
  return strides;
}

template <typename T>
using Sum = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;

template <typename T>
std::vector<Sum<T>> sums(const Tensor& x, const std::vector<size_t>& axes) {
  std::vector<Sum<T>> total(element_count(kept_shape(x.shape(), axes)));
  const T* const values = x.as<T>().data();
  strided_loop<1>(x.shape(), {result_strides(x.shape(), axes)}, [&](int64_t i, const auto& at) {
    if constexpr (std::is_floating_point_v<T>) {
      total[at[0]] += values[i];
    } else {
      total[at[0]] = static_cast<int64_t>(static_cast<uint64_t>(total[at[0]]) +
                                          static_cast<uint64_t>(values[i]));
    }
  });
  return total;
}

Tensor summed(const Tensor& input, const std::vector<size_t>& axes, const TensorType& output,
              bool mean) {
  const Tensor x = widened(input);
  Tensor result(x.dtype(), output.shape);
  with_number(x.dtype(), [&]<typename T>() {
    const auto total = sums<T>(x, axes);
    const auto y = result.as<T>();
    for (size_t i = 0; i < total.size(); ++i) {
      const auto count = static_cast<Sum<T>>(mean ? x.size() / result.size() : 1);
      y[i] = static_cast<T>(total[i] / count);
    }
  });
  return narrowed(std::move(result), output.dtype);
}

std::vector<TensorType> infer_axes_attribute(const Node& node, std::span<const InferInput> inputs,
                                             size_t) {
  const TensorType& x = inputs[0].type;
  require_number(x.dtype, "x");
  const auto axes = reduced_axes(node.ints_attr("axes"), x.shape.size());
  for (const size_t axis : axes) {
    require(x.shape[axis] > 0, "dimension {} of {} has nothing to reduce", axis,
            to_string(x.shape));
  }
  return {{x.dtype, reduced_shape(node, x.shape, axes)}};
}

std::vector<Tensor> run_mean(const Node& node, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs) {
  const auto axes = reduced_axes(node.ints_attr("axes"), inputs[0]->shape().size());
  return {summed(*inputs[0], axes, outputs[0], true)};
}

template <typename T>
bool replaces_maximum(T value, T best) {
  if constexpr (std::is_floating_point_v<T>) return !std::isnan(best) && !(value <= best);
  return value > best;
}

std::vector<Tensor> run_max(const Node& node, std::span<const Tensor* const> inputs,
                            std::span<const TensorType> outputs) {
  const Tensor x = widened(*inputs[0]);
  const auto axes = reduced_axes(node.ints_attr("axes"), x.shape().size());
  Tensor result(x.dtype(), outputs[0].shape);
  with_number(x.dtype(), [&]<typename T>() {
    const T* const values = x.as<T>().data();
    T* const y = result.as<T>().data();
    std::vector<bool> seen(result.size());
    strided_loop<1>(x.shape(), {result_strides(x.shape(), axes)}, [&](int64_t i, const auto& at) {
      if (!seen[at[0]] || replaces_maximum(values[i], y[at[0]])) y[at[0]] = values[i];
      seen[at[0]] = true;
    });
  });
  return {narrowed(std::move(result), outputs[0].dtype)};
}

std::vector<TensorType> infer_sum(const Node& node, std::span<const InferInput> inputs, size_t) {
  const TensorType& x = inputs[0].type;
  require_number(x.dtype, "x");
  const Tensor* const axes = is_present(inputs, 1) ? &constant_value(inputs[1], "axes") : nullptr;
  return {{x.dtype, reduced_shape(node, x.shape, sum_axes(node, axes, x.shape.size()))}};
}

std::vector<Tensor> run_sum(const Node& node, std::span<const Tensor* const> inputs,
                            std::span<const TensorType> outputs) {
  const auto axes = sum_axes(node, tensor_at(inputs, 1), inputs[0]->shape().size());
  return {summed(*inputs[0], axes, outputs[0], false)};
}

std::vector<TensorType> infer_arg_max(const Node& node, std::span<const InferInput> inputs,
                                      size_t) {
  const TensorType& x = inputs[0].type;
  require_number(x.dtype, "x");
  const size_t axis = normalize_axis(node.int_attr("axis"), x.shape.size());
  require(x.shape[axis] > 0, "dimension {} of {} has no maximum", axis, to_string(x.shape));
  return {{DType::kInt64, reduced_shape(node, x.shape, {axis})}};
}

std::vector<Tensor> run_arg_max(const Node& node, std::span<const Tensor* const> inputs,
                                std::span<const TensorType> outputs) {
  const Tensor x = widened(*inputs[0]);
  const size_t axis = normalize_axis(node.int_attr("axis"), x.shape().size());
  const bool last = node.int_attr("select_last_index") != 0;
  std::vector<int64_t> position(x.shape().size(), 0);
  position[axis] = 1;
  Tensor result(DType::kInt64, outputs[0].shape);
  int64_t* const y = result.as<int64_t>().data();
  with_number(x.dtype(), [&]<typename T>() {
    const T* const values = x.as<T>().data();
    std::vector<T> best(result.size());
    strided_loop<2>(x.shape(), {result_strides(x.shape(), {axis}), position},
                    [&](int64_t i, const auto& at) {
                      T& maximum = best[at[0]];
                      if (at[1] == 0 || values[i] > maximum || (last && values[i] == maximum)) {
                        maximum = values[i];
                        y[at[0]] = at[1];
                      }
                    });
  });
  return {std::move(result)};
}

}  // namespace

std::vector<size_t> reduced_axes(std::span<const int64_t> axes, size_t rank) {
  if (!axes.empty()) return normalize_axes(axes, rank);
  std::vector<size_t> all;
  for (size_t i = 0; i < rank; ++i) all.push_back(i);
  return all;
}

std::vector<size_t> sum_axes(const Node& node, const Tensor* axes, size_t rank) {
  const std::vector<int64_t> given =
      axes == nullptr ? std::vector<int64_t>{} : integers(*axes, "axes");
  if (given.empty() && node.int_attr("noop_with_empty_axes") != 0) return {};
  return reduced_axes(given, rank);
}

std::span<const OpDef> reduce_ops() {
  static const OpDef kOps[] = {
      {.name = "reduce_mean",
       .attributes = {{"axes", AttributeKind::kInts},
                      {"keepdims", AttributeKind::kInt, int64_t{1}}},
       .infer = infer_axes_attribute,
       .run = run_mean},
      {.name = "reduce_max",
       .attributes = {{"axes", AttributeKind::kInts},
                      {"keepdims", AttributeKind::kInt, int64_t{1}}},
       .infer = infer_axes_attribute,
       .run = run_max},
      {.name = "reduce_sum",
       .max_inputs = 2,
       .attributes = {{"keepdims", AttributeKind::kInt, int64_t{1}},
                      {"noop_with_empty_axes", AttributeKind::kInt}},
       .infer = infer_sum,
       .run = run_sum},
      {.name = "arg_max",
       .attributes = {{"axis", AttributeKind::kInt},
                      {"keepdims", AttributeKind::kInt, int64_t{1}},
                      {"select_last_index", AttributeKind::kInt}},
       .infer = infer_arg_max,
       .run = run_arg_max},
  };
  return kOps;
}

}  // namespace vta::graph
