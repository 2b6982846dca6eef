// Layers with weights or windows. Automatic padding becomes explicit; a batch normalisation in
// training mode and the second output of a MaxPool are refused; Softmax up to opset 12 works on a
// matrix.
#include <algorithm>

#include "vta/graph/ops/axes.h"
#include "vta/import/onnx/rules.h"

namespace vta::import {
namespace {

using graph::kNoValue;
using graph::ValueId;
using Ints = std::vector<int64_t>;

// The window attributes of a convolution or pool, one element for each spatial dimension, as they
// are needed to resolve automatic padding.
struct WindowForm {
  Ints in, kernel, stride, dilation;

  size_t rank() const { return in.size(); }
  int64_t extent(size_t i) const { return (kernel[i] - 1) * dilation[i] + 1; }
};

// Small enough that no product of two and no sum of such products overflows.
void check_sizes(std::string_view what, const Ints& values) {
  for (const int64_t value : values) {
    require(value >= 1 && value < int64_t{1} << 30, "{} has the value {}, must be in [1, 2^30)",
            what, value);
  }
}

Ints window_attribute(NodeImporter& node, const char* name, size_t rank) {
  Ints values = node.take<Ints>(name).value_or(Ints(rank, 1));
  require(values.size() == rank,
          "attribute '{}' has {} values, must have {}, one for each spatial dimension", name,
          values.size(), rank);
  check_sizes(name, values);
  return values;
}

WindowForm window_form(NodeImporter& node, const Shape& x, Ints kernel) {
  require(x.size() >= 3, "x of shape {} has no spatial dimensions", to_string(x));
  const size_t rank = x.size() - 2;
  require(kernel.size() == rank, "the kernel has {} spatial dimensions, x of shape {} has {}",
          kernel.size(), to_string(x), rank);
  WindowForm window{Ints(x.begin() + 2, x.end()), std::move(kernel),
                    window_attribute(node, "strides", rank),
                    window_attribute(node, "dilations", rank)};
  check_sizes("the shape of x", window.in);
  check_sizes("the kernel's shape", window.kernel);
  return window;
}

// The kernel's spatial shape is that of the weights, which the attribute may only repeat.
Ints weight_kernel(NodeImporter& node, const Shape& w) {
  require(w.size() >= 3, "w of shape {} has no spatial dimensions", to_string(w));
  const Ints kernel(w.begin() + 2, w.end());
  const Ints stated = node.take<Ints>("kernel_shape").value_or(kernel);
  require(stated == kernel, "attribute 'kernel_shape' is {}, but w has shape {}", to_string(stated),
          to_string(w));
  return kernel;
}

enum class AutoPad { kNone, kValid, kSameUpper, kSameLower };

AutoPad take_auto_pad(NodeImporter& node) {
  const std::string mode = node.take<std::string>("auto_pad").value_or("NOTSET");
  if (mode == "NOTSET" || mode.empty()) return AutoPad::kNone;
  if (mode == "VALID") return AutoPad::kValid;
  if (mode == "SAME_UPPER") return AutoPad::kSameUpper;
  require(mode == "SAME_LOWER",
          "auto_pad '{}' is not supported; NOTSET, VALID, SAME_UPPER and SAME_LOWER are", mode);
  return AutoPad::kSameLower;
}

// All begins, then all ends; an odd total has its larger half at the end, or for `lower` at the
// begin.
Ints halves(const Ints& totals, bool lower) {
  Ints pads;
  for (const int64_t total : totals) pads.push_back(lower ? total - total / 2 : total / 2);
  for (size_t i = 0; i < totals.size(); ++i) pads.push_back(totals[i] - pads[i]);
  return pads;
}

Ints resolve_pads(NodeImporter& node, const WindowForm& window) {
  const AutoPad mode = take_auto_pad(node);
  const Ints zeros(2 * window.rank(), 0);
  const Ints stated = node.take<Ints>("pads").value_or(zeros);
  if (mode == AutoPad::kNone) return stated;
  if (mode == AutoPad::kValid) return zeros;
  Ints totals;
  for (size_t i = 0; i < window.rank(); ++i) {
    const int64_t out = (window.in[i] + window.stride[i] - 1) / window.stride[i];
    totals.push_back(
        std::max(int64_t{0}, (out - 1) * window.stride[i] + window.extent(i) - window.in[i]));
  }
  return halves(totals, mode == AutoPad::kSameLower);
}

Attributes window_attributes(const WindowForm& window, Ints pads) {
  return {{"strides", window.stride}, {"dilations", window.dilation}, {"pads", std::move(pads)}};
}

void import_conv(NodeImporter& node, const std::string& op) {
  node.set_output(0, emit_convolution(node, op, node.required_input(0, "x"),
                                      node.required_input(1, "w"), node.input(2)));
}

// The padding of a transposed convolution, and what is added to its result.
struct TransposePadding {
  Ints pads, added;
};

// For a wanted output size: what the full result has too much is padding, what it lacks is added at
// the end.
TransposePadding padding_for(const WindowForm& window, const Ints& wanted, Ints added, bool lower) {
  require(wanted.size() == window.rank(), "attribute 'output_shape' has {} values, must have {}",
          wanted.size(), window.rank());
  check_sizes("output_shape", wanted);
  Ints totals;
  for (size_t i = 0; i < window.rank(); ++i) {
    require(added[i] >= 0 && added[i] < std::max(window.stride[i], window.dilation[i]),
            "output_padding {} is out of range", added[i]);
    const int64_t surplus =
        (window.in[i] - 1) * window.stride[i] + added[i] + window.extent(i) - wanted[i];
    totals.push_back(std::max(surplus, int64_t{0}));
    added[i] += std::max(-surplus, int64_t{0});
  }
  return {halves(totals, lower), std::move(added)};
}

TransposePadding transpose_padding(NodeImporter& node, const WindowForm& window) {
  const size_t rank = window.rank();
  const AutoPad mode = take_auto_pad(node);
  const bool same = mode == AutoPad::kSameUpper || mode == AutoPad::kSameLower;
  Ints wanted = node.take<Ints>("output_shape").value_or(Ints());
  Ints pads = node.take<Ints>("pads").value_or(Ints(2 * rank, 0));
  Ints added = node.take<Ints>("output_padding").value_or(Ints(rank, 0));
  require(added.size() == rank, "attribute 'output_padding' has {} values, must have {}",
          added.size(), rank);
  if (mode == AutoPad::kValid) pads.assign(2 * rank, 0);
  if (wanted.size() == rank + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (wanted.empty() && same) {
    for (size_t i = 0; i < rank; ++i) wanted.push_back(window.in[i] * window.stride[i]);
  }
  if (wanted.empty()) return {std::move(pads), std::move(added)};
  return padding_for(window, wanted, std::move(added), mode != AutoPad::kSameUpper);
}

void import_conv_transpose(NodeImporter& node, const std::string& op) {
  const ValueId x = node.required_input(0, "x");
  const ValueId w = node.required_input(1, "w");
  const WindowForm window = window_form(node, node.shape(x), weight_kernel(node, node.shape(w)));
  TransposePadding padding = transpose_padding(node, window);
  Attributes attributes = window_attributes(window, std::move(padding.pads));
  attributes["output_padding"] = std::move(padding.added);
  node.set_output(0, node.emit(op, {x, w, node.input(2)}, std::move(attributes))[0]);
}

void import_pool(NodeImporter& node, const std::string& op) {
  require(!node.uses_output(1), "the second output (Indices) is not supported");
  node.ignore("storage_order");  // the order of Indices
  const ValueId x = node.required_input(0, "x");
  const auto kernel = node.take<Ints>("kernel_shape");
  require(kernel.has_value(), "attribute 'kernel_shape' is missing");
  const WindowForm window = window_form(node, node.shape(x), *kernel);
  Attributes attributes = window_attributes(window, resolve_pads(node, window));
  attributes["kernel_shape"] = *kernel;
  node.set_output(0, node.emit(op, {x}, std::move(attributes))[0]);
}

void import_batch_normalization(NodeImporter& node, const std::string& op) {
  node.ignore("consumed_inputs");
  node.ignore("momentum");
  require(node.take_int("training_mode", 0) == 0,
          "training_mode is 1; only inference is supported");
  require(node.opset() >= 7 || node.take_int("is_test", 0) != 0,
          "is_test is 0; only inference is supported");
  require(node.take_int("spatial", 1) == 1, "spatial = 0 is not supported; 1 is");
  for (size_t i = 1; i < node.output_count(); ++i) {
    require(!node.uses_output(i), "output {}, a statistic of training, is not supported", i);
  }
  node.set_output(0, node.emit(op, node.inputs())[0]);
}

void import_gemm(NodeImporter& node, const std::string& op) {
  if (node.opset() < 7) node.ignore("broadcast");
  node.set_output(0, node.emit(op, node.inputs())[0]);
}

// Up to opset 12 the dimensions from `axis` on are one.
void import_softmax(NodeImporter& node, const std::string& op) {
  const ValueId x = node.required_input(0, "x");
  const Shape& shape = node.shape(x);
  const auto rank = static_cast<int64_t>(shape.size());
  const bool as_matrix = node.opset() < 13;
  const int64_t axis = node.take_int("axis", as_matrix ? 1 : -1);
  if (!as_matrix || axis == rank - 1 || axis == -1) {
    node.set_output(0, node.emit(op, {x}, {{"axis", axis}})[0]);
    return;
  }
  const Shape original = shape;
  const ValueId matrix = node.emit_helper("flatten", {x}, {{"axis", axis}});
  const ValueId result = node.emit(op, {matrix}, {{"axis", int64_t{1}}})[0];
  node.set_output(0, node.emit_helper("reshape", {result, node.constant("shape", original)}));
}

}  // namespace

ValueId emit_convolution(NodeImporter& node, const std::string& op, ValueId x, ValueId w,
                         ValueId bias) {
  const WindowForm window = window_form(node, node.shape(x), weight_kernel(node, node.shape(w)));
  Attributes attributes = window_attributes(window, resolve_pads(node, window));
  return node.emit(op, {x, w, bias}, std::move(attributes))[0];
}

std::span<const Rule> layer_rules() {
  static constexpr Rule kRules[] = {
      {"AveragePool", import_pool, "average_pool"},
      {"BatchNormalization", import_batch_normalization, "batch_normalization"},
      {"Conv", import_conv, "conv"},
      {"ConvTranspose", import_conv_transpose, "conv_transpose"},
      {"Gemm", import_gemm, "gemm"},
      {"GlobalAveragePool", import_same, "global_average_pool"},
      {"GlobalMaxPool", import_same, "global_max_pool"},
      {"MatMul", import_same, "matmul"},
      {"MaxPool", import_pool, "max_pool"},
      {"Softmax", import_softmax, "softmax"},
  };
  return kRules;
}

}  // namespace vta::import
