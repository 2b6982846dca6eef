// Normalisation with statistics that are fixed after training.
//
// batch_normalization(x[N,C,…], scale[C], bias[C], mean[C], variance[C]) f32, attribute epsilon:
//   (x - mean) / sqrt(variance + epsilon) * scale + bias, for each channel; ONNX's inference form.
#include <cmath>

#include "vta/graph/ops/families.h"

namespace vta::graph {
namespace {

std::vector<TensorType> infer_batch_normalization(const Node&, std::span<const InferInput> inputs,
                                                  size_t) {
  static constexpr const char* kNames[] = {"x", "scale", "bias", "mean", "variance"};
  const Shape& shape = inputs[0].type.shape;
  require(shape.size() >= 2, "x must have rank 2 or more (N x C x ...), got {}", to_string(shape));
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorType expected{DType::kFloat32, i == 0 ? shape : Shape{shape[1]}};
    require(inputs[i].type == expected, "{} must be {}, got {}", kNames[i], to_string(expected),
            to_string(inputs[i].type));
  }
  return {inputs[0].type};
}

std::vector<Tensor> run_batch_normalization(const Node& node, std::span<const Tensor* const> inputs,
                                            std::span<const TensorType> outputs) {
  const double epsilon = node.float_attr("epsilon");
  const Shape& shape = outputs[0].shape;
  Tensor result(DType::kFloat32, shape);
  const auto x = inputs[0]->as<float>();
  const auto scale = inputs[1]->as<float>(), bias = inputs[2]->as<float>();
  const auto mean = inputs[3]->as<float>(), variance = inputs[4]->as<float>();
  const auto y = result.as<float>();
  int64_t plane = 1;
  for (size_t i = 2; i < shape.size(); ++i) plane *= shape[i];
  for (int64_t i = 0; i < shape[0] * shape[1]; ++i) {
    const int64_t c = i % shape[1];
    const double factor = scale[c] / std::sqrt(variance[c] + epsilon);
    const double offset = bias[c] - mean[c] * factor;
    for (int64_t j = i * plane; j < (i + 1) * plane; ++j) {
      y[j] = static_cast<float>(x[j] * factor + offset);
    }
  }
  return {std::move(result)};
}

}  // namespace

std::span<const OpDef> normalize_ops() {
  static const OpDef kOps[] = {
      {.name = "batch_normalization",
       .min_inputs = 5,
       .max_inputs = 5,
       .attributes = {{"epsilon", AttributeKind::kFloat, 1e-5}},
       .infer = infer_batch_normalization,
       .run = run_batch_normalization},
  };
  return kOps;
}

}  // namespace vta::graph
