// softmax(x) {axis = -1}, float types: exp(x) / sum of exp(x) along the axis, with x reduced by its
// maximum first, so that nothing overflows. f16 and bf16 are computed in f32.
#include <algorithm>
#include <cmath>

#include "vta/graph/ops/axes.h"
#include "vta/graph/ops/element_types.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/movement.h"

namespace vta::graph {
namespace {

std::vector<TensorType> infer_softmax(const Node& node, std::span<const InferInput> inputs,
                                      size_t) {
  require_float(inputs[0].type.dtype, "x");
  normalize_axis(node.int_attr("axis"), inputs[0].type.shape.size());
  return {inputs[0].type};
}

// `count` elements, `stride` apart.
template <typename T>
void softmax_along(const T* x, T* y, int64_t count, int64_t stride) {
  T maximum = x[0];
  for (int64_t i = 1; i < count; ++i) maximum = std::max(maximum, x[i * stride]);
  double total = 0;
  for (int64_t i = 0; i < count; ++i) {
    y[i * stride] = std::exp(x[i * stride] - maximum);
    total += y[i * stride];
  }
  for (int64_t i = 0; i < count; ++i) y[i * stride] = static_cast<T>(y[i * stride] / total);
}

std::vector<Tensor> run_softmax(const Node& node, std::span<const Tensor* const> inputs,
                                std::span<const TensorType> outputs) {
  const Tensor x = widened(*inputs[0]);
  Tensor result(x.dtype(), x.shape());
  const size_t axis = normalize_axis(node.int_attr("axis"), x.shape().size());
  const int64_t count = x.shape()[axis];
  const int64_t stride = row_major_strides(x.shape())[axis];
  with_float(x.dtype(), [&]<typename T>() {
    const T* const from = x.as<T>().data();
    T* const to = result.as<T>().data();
    for (int64_t block = 0; block < x.size(); block += count * stride) {
      for (int64_t i = block; i < block + stride; ++i)
        softmax_along(from + i, to + i, count, stride);
    }
  });
  return {narrowed(std::move(result), outputs[0].dtype)};
}

}  // namespace

std::span<const OpDef> softmax_ops() {
  static const OpDef kOps[] = {
      {.name = "softmax",
       .attributes = {{"axis", AttributeKind::kInt, int64_t{-1}}},
       .infer = infer_softmax,
       .run = run_softmax},
  };
  return kOps;
}

}  // namespace vta::graph
