// A TensorFlow Lite model, free of the file format's classes: its first subgraph.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vta/base/tensor.h"

namespace vta::import {

// What integers mean: scale * (q - zero_point), one of both or one for each index of `dimension`.
struct TfliteQuantization {
  std::vector<float> scale;  // empty where the tensor is not quantised
  std::vector<int64_t> zero_point;
  int64_t dimension = 0;
};

struct TfliteTensor {
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;  // N x H x W x C where it has four dimensions
  TfliteQuantization quantization;
  std::optional<Tensor> constant;
  std::string problem;  // why the tensor cannot be used; empty where it can
};

enum class TfliteActivation : uint8_t { kNone, kRelu, kReluN1To1, kRelu6, kOther };

// The options of all supported operators; each has its own of them.
struct TfliteOptions {
  bool same_padding = true;
  int64_t stride_w = 1, stride_h = 1;
  int64_t dilation_w = 1, dilation_h = 1;
  int64_t filter_w = 1, filter_h = 1;
  TfliteActivation activation = TfliteActivation::kNone;
  bool shuffled_weights = false;
  bool keep_dims = false;
  bool align_corners = false, half_pixel_centers = false;
  int64_t axis = 0;
  float beta = 1, alpha = 0;
};

struct TfliteOperator {
  int32_t code = 0;                      // BuiltinOperator of the format
  std::string custom_code;               // of a custom operator
  std::vector<int32_t> inputs, outputs;  // indices of tensors; -1: absent
  TfliteOptions options;
};

struct TfliteModel {
  std::string name;
  std::vector<TfliteTensor> tensors;
  std::vector<int32_t> inputs, outputs;  // indices of tensors
  std::vector<TfliteOperator> operators;
};

// Throws Error: not a TFLite model or damaged (every offset is verified before it is followed), an
// index out of range, a tensor whose data does not fit its shape.
TfliteModel parse_tflite(std::span<const uint8_t> bytes);

}  // namespace vta::import
