// qresize(x i8[N,C,H,W]) {sizes, align_corners, half_pixel_centers}: bilinear to H x W of sizes, in
// the fixed point of TensorFlow Lite's reference kernel
// (tensorflow/lite/kernels/internal/reference/resize_bilinear.h, ResizeBilinearInteger): positions
// have 10 fraction bits, and halves of the result go away from zero.
#include <algorithm>

#include "vta/graph/ops/families.h"

namespace vta::graph {
namespace {

constexpr int64_t kUnit = 1 << 10;
constexpr int64_t kMaxSize = 1 << 20;

std::vector<TensorType> infer_qresize(const Node& node, std::span<const InferInput> inputs,
                                      size_t) {
  const TensorType& x = inputs[0].type;
  require(x.dtype == DType::kInt8 && x.shape.size() == 4, "x must be i8[N, C, H, W], got {}",
          to_string(x));
  const auto& sizes = node.ints_attr("sizes");
  require(sizes.size() == 2, "sizes must be a height and a width, got {} numbers", sizes.size());
  for (const int64_t size : {sizes[0], sizes[1], x.shape[2], x.shape[3]}) {
    require(size >= 1 && size <= kMaxSize, "a size is {}, must be in [1, 2^20]", size);
  }
  return {{DType::kInt8, {x.shape[0], x.shape[1], sizes[0], sizes[1]}}};
}

// Between which elements of the input an output lies, and what each counts of kUnit.
struct Place {
  int64_t low, high, low_weight, high_weight;
};

std::vector<Place> places(const Node& node, int64_t from, int64_t to) {
  const bool aligned = node.int_attr("align_corners") != 0 && to > 1;
  const int64_t steps = aligned ? to - 1 : to;
  const int64_t scale = (kUnit * (aligned ? from - 1 : from) + steps / 2) / steps;
  const int64_t shift = node.int_attr("half_pixel_centers") != 0 ? scale / 2 - kUnit / 2 : 0;
  std::vector<Place> result;
  for (int64_t i = 0; i < to; ++i) {
    const int64_t at = i * scale + shift;
    const int64_t low = std::clamp<int64_t>(at / kUnit, 0, from - 1);
    const int64_t high = std::clamp<int64_t>((at + kUnit - 1) / kUnit, 0, from - 1);
    const int64_t fraction = at - low * kUnit;
    result.push_back({low, high, kUnit - fraction, fraction});
  }
  return result;
}

std::vector<Tensor> run_qresize(const Node& node, std::span<const Tensor* const> inputs,
                                std::span<const TensorType> outputs) {
  const Shape& from = inputs[0]->shape();
  Tensor result(DType::kInt8, outputs[0].shape);
  const std::vector<Place> rows = places(node, from[2], result.shape()[2]);
  const std::vector<Place> columns = places(node, from[3], result.shape()[3]);
  const int8_t* x = inputs[0]->as<int8_t>().data();
  int8_t* y = result.as<int8_t>().data();
  for (int64_t plane = 0; plane < from[0] * from[1]; ++plane, x += from[2] * from[3]) {
    for (const Place& row : rows) {
      const int8_t* const low = x + row.low * from[3];
      const int8_t* const high = x + row.high * from[3];
      for (const Place& column : columns) {
        const int64_t sum =
            row.low_weight *
                (low[column.low] * column.low_weight + low[column.high] * column.high_weight) +
            row.high_weight *
                (high[column.low] * column.low_weight + high[column.high] * column.high_weight);
        const int64_t half = kUnit * kUnit / 2;
        *y++ = static_cast<int8_t>((sum + (sum > 0 ? half : -half)) / (kUnit * kUnit));
      }
    }
  }
  return {std::move(result)};
}

}  // namespace

std::span<const OpDef> qresize_ops() {
  static const OpDef kOps[] = {
      {.name = "qresize",
       .attributes = {{"sizes", AttributeKind::kInts, {}, true},
                      {"align_corners", AttributeKind::kInt},
                      {"half_pixel_centers", AttributeKind::kInt}},
       .infer = infer_qresize,
       .run = run_qresize},
  };
  return kOps;
}

}  // namespace vta::graph
