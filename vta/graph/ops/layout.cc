// Operators that move elements to other places; any element type.
//
// transpose(x) {perm = [] (reversed)}
// concat(x, …) {axis}
// split(x, [split]) {axis = 0}: as many parts as outputs; equal parts without `split`.
// slice(x, starts, ends, [axes], [steps])
// pad(x, pads, [value]) {mode = "constant" | "reflect" | "edge"}: all begins, then all ends;
// negative
//   pads crop.
// gather(x, indices) {axis = 0}: negative indices count from the end.
// depth_to_space(x[N,C,H,W]) {blocksize, mode = "DCR" | "CRD"}, space_to_depth(x) {blocksize}
// The integer inputs, apart from indices, must be constants.
#include "vta/graph/ops/layout.h"

#include <algorithm>
#include <numeric>

#include "vta/graph/ops/axes.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/movement.h"

namespace vta::graph {
namespace {

Shape permuted(const Shape& shape, const std::vector<int64_t>& perm) {
  Shape result;
  for (const int64_t axis : perm) result.push_back(shape[static_cast<size_t>(axis)]);
  return result;
}

Tensor transposed(const Tensor& x, const std::vector<int64_t>& perm) {
  return strided(x, permuted(x.shape(), perm), permuted(row_major_strides(x.shape()), perm));
}

std::vector<TensorType> infer_transpose(const Node& node, std::span<const InferInput> inputs,
                                        size_t) {
  const TensorType& x = inputs[0].type;
  const std::vector<int64_t> perm = permutation_of(node, x.shape.size());
  std::vector<int64_t> sorted = perm;
  std::ranges::sort(sorted);
  bool valid = perm.size() == x.shape.size();
  for (size_t i = 0; i < sorted.size(); ++i) valid = valid && sorted[i] == static_cast<int64_t>(i);
  require(valid, "perm [{}] must be a permutation of the {} dimensions of x", fmt::join(perm, ", "),
          x.shape.size());
  return {{x.dtype, permuted(x.shape, perm)}};
}

std::vector<Tensor> run_transpose(const Node& node, std::span<const Tensor* const> inputs,
                                  std::span<const TensorType>) {
  return {transposed(*inputs[0], permutation_of(node, inputs[0]->shape().size()))};
}

// A tensor seen as rows x columns, split before `axis`; a column block is what one index of the
// dimensions before `axis` spans, in bytes.
size_t block_bytes(const Tensor& x, size_t axis) {
  const Shape block(x.shape().begin() + axis, x.shape().end());
  return static_cast<size_t>(element_count(block)) * dtype_bytes(x.dtype());
}

std::vector<TensorType> infer_concat(const Node& node, std::span<const InferInput> inputs, size_t) {
  TensorType result = inputs[0].type;
  const size_t axis = normalize_axis(node.int_attr("axis"), result.shape.size());
  for (const InferInput& input : inputs.subspan(1)) {
    require(input.present, "every input must be given");
    TensorType expected = result;
    if (input.type.shape.size() > axis) expected.shape[axis] = input.type.shape[axis];
    require(input.type == expected, "inputs {} and {} differ outside axis {}",
            to_string(inputs[0].type), to_string(input.type), axis);
    result.shape[axis] += input.type.shape[axis];
    element_count(result.shape);
  }
  return {result};
}

std::vector<Tensor> run_concat(const Node& node, std::span<const Tensor* const> inputs,
                               std::span<const TensorType> outputs) {
  Tensor result(outputs[0].dtype, outputs[0].shape);
  const size_t axis = normalize_axis(node.int_attr("axis"), outputs[0].shape.size());
  const size_t stride = block_bytes(result, axis);
  size_t offset = 0;
  for (const Tensor* input : inputs) {
    const size_t block = block_bytes(*input, axis);
    for (size_t at = 0; at < input->bytes().size(); at += block) {
      const auto source = input->bytes().subspan(at, block);
      std::ranges::copy(source, result.bytes().begin() + at / block * stride + offset);
    }
    offset += block;
  }
  return {std::move(result)};
}

std::vector<TensorType> infer_split(const Node& node, std::span<const InferInput> inputs,
                                    size_t output_count) {
  const TensorType& x = inputs[0].type;
  const size_t axis = normalize_axis(node.int_attr("axis"), x.shape.size());
  const auto count = static_cast<int64_t>(output_count);
  std::vector<int64_t> sizes;
  if (is_present(inputs, 1)) {
    sizes = constant_integers(inputs[1], "split");
  } else {
    require(x.shape[axis] % count == 0, "dimension {} of {} does not split into {} equal parts",
            axis, to_string(x.shape), count);
    sizes.assign(output_count, x.shape[axis] / count);
  }
  int64_t left = x.shape[axis];
  std::vector<TensorType> result;
  for (const int64_t size : sizes) {
    require(size >= 0 && size <= left, "split [{}] does not fit dimension {} of {}",
            fmt::join(sizes, ", "), axis, to_string(x.shape));
    left -= size;
    result.push_back(x);
    result.back().shape[axis] = size;
  }
  require(left == 0, "split [{}] does not fill dimension {} of {}", fmt::join(sizes, ", "), axis,
          to_string(x.shape));
  return result;
}

std::vector<Tensor> run_split(const Node& node, std::span<const Tensor* const> inputs,
                              std::span<const TensorType> outputs) {
  const Tensor& x = *inputs[0];
  const size_t axis = normalize_axis(node.int_attr("axis"), x.shape().size());
  const std::vector<int64_t> strides = row_major_strides(x.shape());
  int64_t offset = 0;
  std::vector<Tensor> result;
  for (const TensorType& output : outputs) {
    result.push_back(strided(x, output.shape, strides, offset));
    offset += output.shape[axis] * strides[axis];
  }
  return result;
}

// ONNX's rules: negative bounds count from the end, and then all are clamped to the dimension.
SliceRange make_range(int64_t dim, int64_t start, int64_t end, int64_t step) {
  require(step != 0, "a step is 0");
  step = std::clamp(step, -dim - 1, dim + 1);
  if (start < 0) start += dim;
  if (end < 0) end += dim;
  if (step > 0) {
    start = std::clamp(start, int64_t{0}, dim);
    end = std::clamp(end, int64_t{0}, dim);
    return {start, step, std::max(int64_t{0}, (end - start + step - 1) / step)};
  }
  start = std::clamp(start, std::min(int64_t{0}, dim - 1), dim - 1);
  end = std::clamp(end, int64_t{-1}, dim - 1);
  return {start, step, std::max(int64_t{0}, (start - end - step - 1) / -step)};
}

std::vector<TensorType> infer_slice(const Node&, std::span<const InferInput> inputs, size_t) {
  static constexpr const char* kNames[] = {"x", "starts", "ends", "axes", "steps"};
  const Tensor* values[5] = {};
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i].present) values[i] = &constant_value(inputs[i], kNames[i]);
  }
  TensorType result = inputs[0].type;
  const auto ranges = slice_ranges(result.shape, *values[1], *values[2], values[3], values[4]);
  for (size_t i = 0; i < ranges.size(); ++i) result.shape[i] = ranges[i].count;
  return {result};
}

std::vector<Tensor> run_slice(const Node&, std::span<const Tensor* const> inputs,
                              std::span<const TensorType> outputs) {
  const Tensor& x = *inputs[0];
  const auto ranges =
      slice_ranges(x.shape(), *inputs[1], *inputs[2], tensor_at(inputs, 3), tensor_at(inputs, 4));
  std::vector<int64_t> strides = row_major_strides(x.shape());
  int64_t offset = 0;
  for (size_t i = 0; i < ranges.size(); ++i) {
    offset += ranges[i].start * strides[i];
    strides[i] *= ranges[i].step;
  }
  return {strided(x, outputs[0].shape, std::move(strides), offset)};
}

std::vector<TensorType> infer_pad(const Node& node, std::span<const InferInput> inputs, size_t) {
  constexpr int64_t kLimit = int64_t{1} << 40;
  TensorType result = inputs[0].type;
  const size_t rank = result.shape.size();
  const std::vector<int64_t> pads = constant_integers(inputs[1], "pads");
  const std::string& mode = node.string_attr("mode");
  require(mode == "constant" || mode == "reflect" || mode == "edge",
          "mode '{}' is not supported; constant, reflect and edge are", mode);
  require(pads.size() == 2 * rank, "pads has {} elements, must have two for each of {} dimensions",
          pads.size(), rank);
  if (is_present(inputs, 2)) {
    const TensorType& value = inputs[2].type;
    require(value.dtype == result.dtype && element_count(value.shape) == 1,
            "value must be one {}, as x is, got {}", dtype_name(result.dtype), to_string(value));
  }
  for (size_t i = 0; i < rank; ++i) {
    require(std::max(std::abs(pads[i] / 2), std::abs(pads[rank + i] / 2)) <= kLimit / 2,
            "pads [{}] are beyond 2^40", fmt::join(pads, ", "));
    int64_t& dim = result.shape[i];
    require(mode == "constant" || dim > 0 || (pads[i] <= 0 && pads[rank + i] <= 0),
            "mode '{}' has nothing to repeat in dimension {} of size 0", mode, i);
    dim += pads[i] + pads[rank + i];
    require(dim >= 0, "pads [{}] crop more than dimension {} has", fmt::join(pads, ", "), i);
  }
  return {result};
}

// The place in a dimension of `dim` elements that lies at `i` when it continues mirrored at its
// first and last element.
int64_t mirrored(int64_t i, int64_t dim) {
  if (dim == 1) return 0;
  const int64_t period = 2 * (dim - 1);
  const int64_t phase = (i % period + period) % period;
  return phase < dim ? phase : period - phase;
}

std::vector<Tensor> run_pad(const Node& node, std::span<const Tensor* const> inputs,
                            std::span<const TensorType> outputs) {
  const Tensor& x = *inputs[0];
  const std::vector<int64_t> pads = integers(*inputs[1], "pads");
  const std::string& mode = node.string_attr("mode");
  const Tensor zero(x.dtype(), {1});
  const Tensor* const value = tensor_at(inputs, 2);
  const auto map = [&](size_t axis, int64_t i) {
    const int64_t dim = x.shape()[axis];
    const int64_t at = i - pads[axis];
    if (at >= 0 && at < dim) return at;
    if (mode == "constant") return kFill;
    return mode == "edge" ? std::clamp(at, int64_t{0}, dim - 1) : mirrored(at, dim);
  };
  return {indexed(x, outputs[0].shape, map, value == nullptr ? &zero : value)};
}

std::vector<TensorType> infer_gather(const Node& node, std::span<const InferInput> inputs, size_t) {
  TensorType result = inputs[0].type;
  const TensorType& indices = inputs[1].type;
  require(indices.dtype == DType::kInt32 || indices.dtype == DType::kInt64,
          "indices must be i32 or i64, got {}", dtype_name(indices.dtype));
  const size_t axis = normalize_axis(node.int_attr("axis"), result.shape.size());
  result.shape.erase(result.shape.begin() + axis);
  result.shape.insert(result.shape.begin() + axis, indices.shape.begin(), indices.shape.end());
  return {result};
}

std::vector<Tensor> run_gather(const Node& node, std::span<const Tensor* const> inputs,
                               std::span<const TensorType> outputs) {
  const Tensor& x = *inputs[0];
  const size_t axis = normalize_axis(node.int_attr("axis"), x.shape().size());
  const int64_t dim = x.shape()[axis];
  const std::vector<int64_t> indices =
      integers(inputs[1]->reshaped({inputs[1]->size()}), "indices");
  for (const int64_t index : indices) {
    require(index >= -dim && index < dim, "gather: index {} is outside [{}, {}]", index, -dim,
            dim - 1);
  }
  Tensor result(x.dtype(), outputs[0].shape);
  if (result.size() == 0) return {std::move(result)};
  const size_t block = block_bytes(x, axis + 1);
  auto target = result.bytes().begin();
  for (size_t row = 0; row < x.bytes().size(); row += block * dim) {
    for (const int64_t index : indices) {
      const int64_t at = index < 0 ? index + dim : index;
      target = std::ranges::copy(x.bytes().subspan(row + at * block, block), target).out;
    }
  }
  return {std::move(result)};
}

// Throws unless x is N x C x H x W and the block size is one.
int64_t block_size(const Node& node, const Shape& shape) {
  const int64_t block = node.int_attr("blocksize");
  require(shape.size() == 4, "x must be N x C x H x W, got {}", to_string(shape));
  require(block >= 1 && block <= 1 << 16, "blocksize {} is outside [1, 65536]", block);
  return block;
}

std::vector<TensorType> infer_depth_to_space(const Node& node, std::span<const InferInput> inputs,
                                             size_t) {
  const Shape& x = inputs[0].type.shape;
  const int64_t block = block_size(node, x);
  const std::string& mode = node.string_attr("mode");
  require(mode == "DCR" || mode == "CRD", "mode '{}' must be DCR or CRD", mode);
  require(x[1] % (block * block) == 0, "{} channels are not a multiple of blocksize squared, {}",
          x[1], block * block);
  return {{inputs[0].type.dtype, {x[0], x[1] / (block * block), x[2] * block, x[3] * block}}};
}

std::vector<Tensor> run_depth_to_space(const Node& node, std::span<const Tensor* const> inputs,
                                       std::span<const TensorType> outputs) {
  const Shape& x = inputs[0]->shape();
  const int64_t block = block_size(node, x);
  const int64_t channels = outputs[0].shape[1];
  const Tensor moved =
      node.string_attr("mode") == "DCR"
          ? transposed(inputs[0]->reshaped({x[0], block, block, channels, x[2], x[3]}),
                       {0, 3, 4, 1, 5, 2})
          : transposed(inputs[0]->reshaped({x[0], channels, block, block, x[2], x[3]}),
                       {0, 1, 4, 2, 5, 3});
  return {moved.reshaped(outputs[0].shape)};
}

std::vector<TensorType> infer_space_to_depth(const Node& node, std::span<const InferInput> inputs,
                                             size_t) {
  const Shape& x = inputs[0].type.shape;
  const int64_t block = block_size(node, x);
  require(x[2] % block == 0 && x[3] % block == 0, "{} x {} is not a multiple of blocksize {}", x[2],
          x[3], block);
  return {{inputs[0].type.dtype, {x[0], x[1] * block * block, x[2] / block, x[3] / block}}};
}

std::vector<Tensor> run_space_to_depth(const Node& node, std::span<const Tensor* const> inputs,
                                       std::span<const TensorType> outputs) {
  const Shape& x = inputs[0]->shape();
  const int64_t block = block_size(node, x);
  const Tensor blocks = inputs[0]->reshaped({x[0], x[1], x[2] / block, block, x[3] / block, block});
  return {transposed(blocks, {0, 3, 5, 1, 2, 4}).reshaped(outputs[0].shape)};
}

}  // namespace

std::vector<int64_t> permutation_of(const Node& node, size_t rank) {
  std::vector<int64_t> perm = node.ints_attr("perm");
  if (perm.empty()) {
    perm.resize(rank);
    std::iota(perm.rbegin(), perm.rend(), 0);
  }
  return perm;
}

std::vector<SliceRange> slice_ranges(const Shape& shape, const Tensor& starts, const Tensor& ends,
                                     const Tensor* axes, const Tensor* steps) {
  const std::vector<int64_t> first = integers(starts, "starts");
  const std::vector<int64_t> last = integers(ends, "ends");
  std::vector<int64_t> axis(first.size());
  std::iota(axis.begin(), axis.end(), 0);
  if (axes != nullptr) axis = integers(*axes, "axes");
  std::vector<int64_t> step(first.size(), 1);
  if (steps != nullptr) step = integers(*steps, "steps");
  require(last.size() == first.size() && axis.size() == first.size() && step.size() == first.size(),
          "starts, ends, axes and steps have {}, {}, {} and {} elements, must have as many",
          first.size(), last.size(), axis.size(), step.size());
  normalize_axes(axis, shape.size());  // throws for an axis given twice
  std::vector<SliceRange> result;
  for (const int64_t dim : shape) result.push_back({0, 1, dim});
  for (size_t i = 0; i < axis.size(); ++i) {
    const size_t d = normalize_axis(axis[i], shape.size());
    result[d] = make_range(shape[d], first[i], last[i], step[i]);
  }
  return result;
}

std::span<const OpDef> layout_ops() {
  static const OpDef kOps[] = {
      {.name = "transpose",
       .attributes = {{"perm", AttributeKind::kInts}},
       .infer = infer_transpose,
       .run = run_transpose},
      {.name = "concat",
       .max_inputs = -1,
       .attributes = {{"axis", AttributeKind::kInt, {}, true}},
       .infer = infer_concat,
       .run = run_concat},
      {.name = "split",
       .max_inputs = 2,
       .max_outputs = -1,
       .attributes = {{"axis", AttributeKind::kInt}},
       .infer = infer_split,
       .run = run_split},
      {.name = "slice",
       .min_inputs = 3,
       .max_inputs = 5,
       .attributes = {},
       .infer = infer_slice,
       .run = run_slice},
      {.name = "pad",
       .min_inputs = 2,
       .max_inputs = 3,
       .attributes = {{"mode", AttributeKind::kString, "constant"}},
       .infer = infer_pad,
       .run = run_pad},
      {.name = "gather",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {{"axis", AttributeKind::kInt}},
       .infer = infer_gather,
       .run = run_gather},
      {.name = "depth_to_space",
       .attributes = {{"blocksize", AttributeKind::kInt, {}, true},
                      {"mode", AttributeKind::kString, "DCR"}},
       .infer = infer_depth_to_space,
       .run = run_depth_to_space},
      {.name = "space_to_depth",
       .attributes = {{"blocksize", AttributeKind::kInt, {}, true}},
       .infer = infer_space_to_depth,
       .run = run_space_to_depth},
  };
  return kOps;
}

}  // namespace vta::graph
