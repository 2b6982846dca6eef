#include "vta/import/tflite/operator_importer.h"

#include <algorithm>
#include <cmath>

namespace vta::import {

using graph::kNoValue;
using graph::ValueId;

Tensor signed_bytes(const Tensor& unsigned_bytes) {
  Tensor result(DType::kInt8, unsigned_bytes.shape());
  std::ranges::transform(unsigned_bytes.as<uint8_t>(), result.as<int8_t>().begin(),
                         [](uint8_t q) { return static_cast<int8_t>(q - 128); });
  return result;
}

Shape channels_first(const Shape& shape) {
  if (shape.size() != 4) return shape;
  return {shape[0], shape[3], shape[1], shape[2]};
}

Tensor transpose_tensor(const Tensor& tensor, const std::vector<int64_t>& perm) {
  const size_t rank = tensor.shape().size(), width = dtype_bytes(tensor.dtype());
  Shape shape;
  std::vector<int64_t> strides(rank, 1), steps;
  for (size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * tensor.shape()[i];
  for (const int64_t axis : perm) {
    shape.push_back(tensor.shape()[axis]);
    steps.push_back(strides[axis]);
  }
  Tensor result(tensor.dtype(), shape);
  std::vector<int64_t> at(rank, 0);
  for (int64_t i = 0; i < result.size(); ++i) {
    int64_t from = 0;
    for (size_t axis = 0; axis < rank; ++axis) from += at[axis] * steps[axis];
    std::ranges::copy(tensor.bytes().subspan(from * width, width),
                      result.bytes().subspan(i * width, width).begin());
    for (size_t axis = rank; axis-- > 0 && ++at[axis] == shape[axis];) at[axis] = 0;
  }
  return result;
}

Tensor channels_first(const Tensor& tensor) {
  return tensor.rank() == 4 ? transpose_tensor(tensor, {0, 3, 1, 2}) : tensor;
}

const TfliteTensor& OperatorImporter::input_tensor(size_t index) const {
  require(has_input(index), "input {} is missing", index);
  return model_.tensors[op_.inputs[index]];
}

const TfliteTensor& OperatorImporter::output_tensor() const {
  require(op_.outputs.size() == 1, "has {} outputs, must have 1", op_.outputs.size());
  return model_.tensors[op_.outputs[0]];
}

const Tensor& OperatorImporter::constant(size_t index, std::string_view what) const {
  const TfliteTensor& tensor = input_tensor(index);
  require(tensor.constant.has_value(), "{} (input {}) must be constant", what, index);
  return *tensor.constant;
}

std::vector<int64_t> OperatorImporter::constant_integers(size_t index,
                                                         std::string_view what) const {
  const Tensor integers = constant(index, what).cast(DType::kInt64);
  return {integers.as<int64_t>().begin(), integers.as<int64_t>().end()};
}

ValueId OperatorImporter::input(size_t index) {
  const TfliteTensor& tensor = input_tensor(index);
  ValueId& id = values_[op_.inputs[index]];
  if (id != kNoValue) return id;
  require(tensor.constant.has_value(), "input {} ('{}') is not produced by anything before it",
          index, tensor.name);
  const Tensor& constant = *tensor.constant;
  id = graph_.add_constant(
      tensor.name,
      channels_first(constant.dtype() == DType::kUInt8 ? signed_bytes(constant) : constant));
  return id;
}

bool OperatorImporter::is_quantised() const {
  const DType dtype = output_tensor().dtype;
  if (dtype == DType::kFloat32) return false;
  require(dtype == DType::kInt8 || dtype == DType::kUInt8,
          "its output is {}; f32, i8 and u8 are supported", dtype_name(dtype));
  return true;
}

TfliteAffine OperatorImporter::affine(const TfliteTensor& tensor) {
  const TfliteQuantization& quantization = tensor.quantization;
  require(tensor.dtype == DType::kInt8 || tensor.dtype == DType::kUInt8,
          "tensor '{}' is {}, must be i8 or u8 here", tensor.name, dtype_name(tensor.dtype));
  require(quantization.scale.size() == 1 && quantization.zero_point.size() == 1,
          "tensor '{}' has {} scales and {} zero points, must have one of each", tensor.name,
          quantization.scale.size(), quantization.zero_point.size());
  const float scale = quantization.scale[0];
  require(scale > 0 && std::isfinite(scale), "tensor '{}': scale {} is not above 0", tensor.name,
          scale);
  const int64_t lowest = tensor.dtype == DType::kUInt8 ? 0 : -128;
  const int64_t zero = quantization.zero_point[0];
  require(zero >= lowest && zero < lowest + 256, "tensor '{}': zero point {} does not fit {}",
          tensor.name, zero, dtype_name(tensor.dtype));
  return {scale, zero - lowest - 128};
}

// As TFLite's CalculateActivationRangeQuantized.
OperatorImporter::Attributes OperatorImporter::requantize_attributes(
    TfliteActivation activation) const {
  const TfliteAffine out = output_affine();
  const auto quantised = [&](float value) {
    const auto q =
        static_cast<int64_t>(std::round(std::clamp(value / out.scale, -1024.0F, 1024.0F)));
    return std::clamp<int64_t>(q + out.zero_point, -128, 127);
  };
  int64_t low = -128, high = 127;
  switch (activation) {
    case TfliteActivation::kNone:
      break;
    case TfliteActivation::kRelu:
      low = quantised(0);
      break;
    case TfliteActivation::kRelu6:
      low = quantised(0);
      high = quantised(6);
      break;
    case TfliteActivation::kReluN1To1:
      low = quantised(-1);
      high = quantised(1);
      break;
    case TfliteActivation::kOther:
      fail("its fused activation is not supported; RELU, RELU6 and RELU_N1_TO_1 are");
  }
  return {{"zero_point", out.zero_point}, {"clip_min", low}, {"clip_max", high}};
}

ValueId OperatorImporter::add_constant(std::string_view what, Tensor value) {
  return graph_.add_constant(fmt::format("{}/{}", output_tensor().name, what), std::move(value));
}

ValueId OperatorImporter::add_constant(std::string_view what, const std::vector<int64_t>& values) {
  return add_constant(what, Tensor::of<int64_t>({static_cast<int64_t>(values.size())}, values));
}

ValueId OperatorImporter::emit(const std::string& op, std::vector<ValueId> inputs,
                               Attributes attributes) {
  while (!inputs.empty() && inputs.back() == kNoValue) inputs.pop_back();
  return graph_.add_node(op, output_tensor().name, std::move(inputs), std::move(attributes))[0];
}

ValueId OperatorImporter::activated(ValueId x, TfliteActivation activation) {
  const auto clip = [&](float low, float high) {
    return emit("clip", {x, add_constant("low", Tensor::scalar(low)),
                         add_constant("high", Tensor::scalar(high))});
  };
  switch (activation) {
    case TfliteActivation::kNone:
      return x;
    case TfliteActivation::kRelu:
      return emit("relu", {x});
    case TfliteActivation::kRelu6:
      return clip(0, 6);
    case TfliteActivation::kReluN1To1:
      return clip(-1, 1);
    case TfliteActivation::kOther:
      break;
  }
  fail("its fused activation is not supported; RELU, RELU6 and RELU_N1_TO_1 are");
}

namespace {

// Both layouts order the elements alike.
bool is_same_order(const Shape& channels_first) {
  return channels_first.size() != 4 || channels_first[1] == 1 ||
         channels_first[2] * channels_first[3] == 1;
}

}  // namespace

ValueId OperatorImporter::channels_last(ValueId x) {
  if (is_same_order(shape(x))) return x;
  return emit("transpose", {x}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
}

ValueId OperatorImporter::reshaped(ValueId x, const Shape& file_shape) {
  const Shape target = channels_first(file_shape);
  const bool same = is_same_order(target);
  const ValueId y =
      emit("reshape", {channels_last(x), add_constant("shape", same ? target : file_shape)});
  return same ? y : emit("transpose", {y}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
}

void OperatorImporter::set_output(ValueId id) {
  const TfliteTensor& tensor = output_tensor();
  const DType dtype = tensor.dtype == DType::kUInt8 ? DType::kInt8 : tensor.dtype;
  const graph::TensorType expected{dtype, channels_first(tensor.shape)};
  const graph::TensorType& got = graph_.value(id).type;
  require(got == expected, "its output is {}, but the model says {}", to_string(got),
          to_string(expected));
  ValueId& value = values_[op_.outputs[0]];
  require(value == kNoValue, "tensor '{}' has another producer", tensor.name);
  value = id;
  give_name(id, tensor.name);
}

// A value of ours that took the name gives it up; one of the model's, which need not have unique
// names, keeps it.
void OperatorImporter::give_name(ValueId id, const std::string& name) {
  if (graph_.value(id).name == name) return;
  const auto holder = std::ranges::find(graph_.values, name, &graph::Value::name);
  const auto index = static_cast<ValueId>(holder - graph_.values.begin());
  if (holder != graph_.values.end() && std::ranges::find(values_, index) != values_.end()) {
    graph_.rename(id, name);
    return;
  }
  if (holder != graph_.values.end()) graph_.rename(index, name + "/inner");
  graph_.value(id).name = name;
}

void OperatorImporter::set_constant_output(Tensor value) {
  output_tensor();
  model_.tensors[op_.outputs[0]].constant = std::move(value);
}

}  // namespace vta::import
