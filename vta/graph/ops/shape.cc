// Operators that change a tensor's shape and keep or repeat its elements; any element type.
//
// reshape(x, shape) {allowzero = 0}: -1 takes what is left; 0 copies x's dimension unless
// allowzero. flatten(x) {axis = 1}: to two dimensions, the product before `axis` and the product
// from it. squeeze(x, [axes]), unsqueeze(x, axes): without or with dimensions of 1. expand(x,
// shape): broadcast to the common shape of x and `shape`. tile(x, repeats): repeats for each
// dimension. The integer inputs must be constants.
#include <algorithm>

#include "vta/graph/ops/axes.h"
#include "vta/graph/ops/broadcast.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/movement.h"

namespace vta::graph {
namespace {

std::vector<TensorType> infer_reshape(const Node& node, std::span<const InferInput> inputs,
                                      size_t) {
  const Shape& from = inputs[0].type.shape;
  const Shape wanted = constant_integers(inputs[1], "shape");
  const bool zero_copies = node.int_attr("allowzero") == 0;
  Shape result = wanted;
  size_t unknown = result.size();
  for (size_t i = 0; i < result.size(); ++i) {
    if (result[i] == 0 && zero_copies) {
      require(i < from.size(), "shape {} copies dimension {} of {}, which has {}",
              to_string(wanted), i, to_string(from), from.size());
      result[i] = from[i];
    } else if (result[i] == -1) {
      require(unknown == result.size(), "shape {} has more than one -1", to_string(wanted));
      unknown = i;
      result[i] = 1;
    }
  }
  const int64_t count = element_count(from);
  const int64_t known = element_count(result);
  if (unknown != result.size() && known > 0 && count % known == 0) result[unknown] = count / known;
  require(element_count(result) == count, "{} cannot become {}: {} elements", to_string(from),
          to_string(wanted), count);
  return {{inputs[0].type.dtype, result}};
}

std::vector<TensorType> infer_flatten(const Node& node, std::span<const InferInput> inputs,
                                      size_t) {
  const Shape& from = inputs[0].type.shape;
  const auto rank = static_cast<int64_t>(from.size());
  int64_t axis = node.int_attr("axis");
  require(axis >= -rank && axis <= rank, "axis {} is outside [{}, {}]", axis, -rank, rank);
  if (axis < 0) axis += rank;
  const int64_t rows = element_count(Shape(from.begin(), from.begin() + axis));
  const int64_t columns = element_count(Shape(from.begin() + axis, from.end()));
  return {{inputs[0].type.dtype, {rows, columns}}};
}

std::vector<TensorType> infer_squeeze(const Node&, std::span<const InferInput> inputs, size_t) {
  const Shape& from = inputs[0].type.shape;
  std::vector<size_t> axes;
  if (is_present(inputs, 1)) {
    axes = normalize_axes(constant_integers(inputs[1], "axes"), from.size());
  } else {
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i] == 1) axes.push_back(i);
    }
  }
  Shape result;
  for (size_t i = 0; i < from.size(); ++i) {
    if (!std::ranges::binary_search(axes, i)) {
      result.push_back(from[i]);
    } else {
      require(from[i] == 1, "dimension {} of {} is not 1", i, to_string(from));
    }
  }
  return {{inputs[0].type.dtype, result}};
}

std::vector<TensorType> infer_unsqueeze(const Node&, std::span<const InferInput> inputs, size_t) {
  const Shape& from = inputs[0].type.shape;
  const std::vector<int64_t> given = constant_integers(inputs[1], "axes");
  Shape result = from;
  for (const size_t axis : normalize_axes(given, from.size() + given.size())) {
    result.insert(result.begin() + axis, 1);
  }
  return {{inputs[0].type.dtype, result}};
}

std::vector<TensorType> infer_expand(const Node&, std::span<const InferInput> inputs, size_t) {
  const Shape wanted = constant_integers(inputs[1], "shape");
  element_count(wanted);  // throws for a negative dimension
  return {{inputs[0].type.dtype, broadcast_shapes(inputs[0].type.shape, wanted)}};
}

std::vector<TensorType> infer_tile(const Node&, std::span<const InferInput> inputs, size_t) {
  TensorType result = inputs[0].type;
  const Shape repeats = constant_integers(inputs[1], "repeats");
  require(repeats.size() == result.shape.size(), "repeats has {} elements, x {} dimensions",
          repeats.size(), result.shape.size());
  for (size_t i = 0; i < repeats.size(); ++i) {
    result.shape[i] = element_count({result.shape[i], repeats[i]});
  }
  return {result};
}

std::vector<Tensor> run_same_elements(const Node&, std::span<const Tensor* const> inputs,
                                      std::span<const TensorType> outputs) {
  return {inputs[0]->reshaped(outputs[0].shape)};
}

std::vector<Tensor> run_expand(const Node&, std::span<const Tensor* const> inputs,
                               std::span<const TensorType> outputs) {
  const Shape& shape = outputs[0].shape;
  return {strided(*inputs[0], shape, broadcast_strides(inputs[0]->shape(), shape))};
}

std::vector<Tensor> run_tile(const Node&, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs) {
  const Shape& from = inputs[0]->shape();
  return {indexed(*inputs[0], outputs[0].shape,
                  [&](size_t axis, int64_t i) { return i % from[axis]; })};
}

}  // namespace

std::span<const OpDef> shape_ops() {
  static const OpDef kOps[] = {
      {.name = "reshape",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {{"allowzero", AttributeKind::kInt}},
       .infer = infer_reshape,
       .run = run_same_elements},
      {.name = "flatten",
       .attributes = {{"axis", AttributeKind::kInt, int64_t{1}}},
       .infer = infer_flatten,
       .run = run_same_elements},
      {.name = "squeeze",
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_squeeze,
       .run = run_same_elements},
      {.name = "unsqueeze",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_unsqueeze,
       .run = run_same_elements},
      {.name = "expand",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_expand,
       .run = run_expand},
      {.name = "tile",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_tile,
       .run = run_tile},
  };
  return kOps;
}

}  // namespace vta::graph
