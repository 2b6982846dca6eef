// How each operator of TensorFlow Lite is written in the graph.
#pragma once

#include <span>
#include <string_view>

#include "vta/import/tflite/operator_importer.h"

namespace vta::import {

struct TfliteRule {
  int32_t code;           // BuiltinOperator of the format
  std::string_view name;  // the format's
  void (*apply)(OperatorImporter& node);
};

// Null when the operator is not supported.
const TfliteRule* find_tflite_rule(int32_t code);

// The families, one file each.
std::span<const TfliteRule> tflite_weighted_rules();
std::span<const TfliteRule> tflite_window_rules();
std::span<const TfliteRule> tflite_elementwise_rules();
std::span<const TfliteRule> tflite_shape_rules();

// Padding of a window over `x` (N x C x H x W), all begins, then all ends, by the file's rule: SAME
// keeps ceil(size / stride) positions, the odd row or column padded at the end.
std::vector<int64_t> tflite_pads(const TfliteOptions& options, const Shape& x, int64_t kernel_h,
                                 int64_t kernel_w);

// The quantised form of an activation that is no clip, as TFLite's reference kernel computes it for
// each byte: the table of qlookup. Throws Error for scales that TFLite refuses.
Tensor tflite_logistic_table(const OperatorImporter& node);
Tensor tflite_tanh_table(const OperatorImporter& node);
Tensor tflite_hard_swish_table(const OperatorImporter& node);
Tensor tflite_leaky_relu_table(const OperatorImporter& node);

}  // namespace vta::import
