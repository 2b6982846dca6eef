#include "vta/import/tflite/model.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "schema_generated.h"

namespace vta::import {
namespace {

constexpr int64_t kMaxRank = 8;

std::optional<DType> decode_type(tflite::TensorType type) {
  static const std::map<tflite::TensorType, DType> kTypes = {
      {tflite::TensorType_FLOAT32, DType::kFloat32}, {tflite::TensorType_FLOAT16, DType::kFloat16},
      {tflite::TensorType_FLOAT64, DType::kFloat64}, {tflite::TensorType_INT8, DType::kInt8},
      {tflite::TensorType_INT16, DType::kInt16},     {tflite::TensorType_INT32, DType::kInt32},
      {tflite::TensorType_INT64, DType::kInt64},     {tflite::TensorType_UINT8, DType::kUInt8},
      {tflite::TensorType_UINT16, DType::kUInt16},   {tflite::TensorType_UINT32, DType::kUInt32},
      {tflite::TensorType_UINT64, DType::kUInt64},   {tflite::TensorType_BOOL, DType::kBool}};
  const auto found = kTypes.find(type);
  if (found == kTypes.end()) return std::nullopt;
  return found->second;
}

// Absent lists are empty. Elements of 8 bytes need not be aligned, which the verifier leaves open.
template <typename To, typename From>
std::vector<To> list(const flatbuffers::Vector<From>* values) {
  if (values == nullptr || values->size() == 0) return {};
  std::vector<From> elements(values->size());
  std::memcpy(elements.data(), values->Data(), elements.size() * sizeof(From));
  return {elements.begin(), elements.end()};
}
template <typename T>
flatbuffers::uoffset_t count(const flatbuffers::Vector<flatbuffers::Offset<T>>* tables) {
  return tables == nullptr ? 0 : tables->size();
}
std::string text(const flatbuffers::String* string) {
  return string == nullptr ? "" : string->str();
}

TfliteQuantization decode_quantization(const tflite::QuantizationParameters* table) {
  if (table == nullptr) return {};
  return {list<float>(table->scale()), list<int64_t>(table->zero_point()),
          table->quantized_dimension()};
}

// The data of a tensor; nothing for a tensor that is computed.
std::optional<Tensor> decode_constant(const tflite::Model& model, const tflite::Tensor& table,
                                      const TfliteTensor& tensor) {
  if (table.buffer() == 0) return std::nullopt;
  require(table.buffer() < count(model.buffers()), "has buffer {}, but the model has {}",
          table.buffer(), count(model.buffers()));
  const auto* data = model.buffers()->Get(table.buffer())->data();
  if (data == nullptr || data->size() == 0) return std::nullopt;
  const size_t needed =
      static_cast<size_t>(element_count(tensor.shape)) * dtype_bytes(tensor.dtype);
  require(data->size() == needed, "has {} bytes of data, its shape {} needs {}", data->size(),
          to_string(tensor.shape), needed);
  Tensor result(tensor.dtype, tensor.shape);
  std::copy(data->begin(), data->end(), result.bytes().begin());
  return result;
}

TfliteTensor decode_tensor(const tflite::Model& model, const tflite::Tensor& table) {
  TfliteTensor tensor;
  tensor.name = text(table.name());
  tensor.shape = list<int64_t>(table.shape());
  tensor.quantization = decode_quantization(table.quantization());
  const auto dtype = decode_type(table.type());
  if (!dtype) {
    tensor.problem = fmt::format("element type {} is not supported", int{table.type()});
    return tensor;
  }
  tensor.dtype = *dtype;
  if (table.sparsity() != nullptr) {
    tensor.problem = "sparse tensors are not supported";
    return tensor;
  }
  require(static_cast<int64_t>(tensor.shape.size()) <= kMaxRank,
          "has {} dimensions, the limit is {}", tensor.shape.size(), kMaxRank);
  element_count(tensor.shape);
  tensor.constant = decode_constant(model, table, tensor);
  return tensor;
}

TfliteActivation decode_activation(tflite::ActivationFunctionType type) {
  switch (type) {
    case tflite::ActivationFunctionType_NONE:
      return TfliteActivation::kNone;
    case tflite::ActivationFunctionType_RELU:
      return TfliteActivation::kRelu;
    case tflite::ActivationFunctionType_RELU_N1_TO_1:
      return TfliteActivation::kReluN1To1;
    case tflite::ActivationFunctionType_RELU6:
      return TfliteActivation::kRelu6;
    default:
      return TfliteActivation::kOther;
  }
}

// The groups of fields that several operators have.
template <typename Table>
void decode_window(const Table& table, TfliteOptions& options) {
  options.same_padding = table.padding() == tflite::Padding_SAME;
  options.stride_w = table.stride_w();
  options.stride_h = table.stride_h();
}
template <typename Table>
void decode_fused(const Table& table, TfliteOptions& options) {
  options.activation = decode_activation(table.fused_activation_function());
}
template <typename Table>
void decode_convolution(const Table& table, TfliteOptions& options) {
  decode_window(table, options);
  decode_fused(table, options);
  options.dilation_w = table.dilation_w_factor();
  options.dilation_h = table.dilation_h_factor();
}
template <typename Table>
void decode_coordinates(const Table& table, TfliteOptions& options) {
  options.align_corners = table.align_corners();
  options.half_pixel_centers = table.half_pixel_centers();
}

TfliteOptions decode_options(const tflite::Operator& op) {
  TfliteOptions options;
  if (const auto* conv = op.builtin_options_as_Conv2DOptions()) {
    decode_convolution(*conv, options);
  } else if (const auto* depthwise = op.builtin_options_as_DepthwiseConv2DOptions()) {
    decode_convolution(*depthwise, options);
  } else if (const auto* transposed = op.builtin_options_as_TransposeConvOptions()) {
    decode_window(*transposed, options);
    decode_fused(*transposed, options);
  } else if (const auto* pool = op.builtin_options_as_Pool2DOptions()) {
    decode_window(*pool, options);
    decode_fused(*pool, options);
    options.filter_w = pool->filter_width();
    options.filter_h = pool->filter_height();
  } else if (const auto* dense = op.builtin_options_as_FullyConnectedOptions()) {
    decode_fused(*dense, options);
    options.shuffled_weights = dense->weights_format() != 0;
    options.keep_dims = dense->keep_num_dims();
  } else if (const auto* softmax = op.builtin_options_as_SoftmaxOptions()) {
    options.beta = softmax->beta();
  } else if (const auto* concat = op.builtin_options_as_ConcatenationOptions()) {
    decode_fused(*concat, options);
    options.axis = concat->axis();
  } else if (const auto* add = op.builtin_options_as_AddOptions()) {
    decode_fused(*add, options);
  } else if (const auto* mul = op.builtin_options_as_MulOptions()) {
    decode_fused(*mul, options);
  } else if (const auto* linear = op.builtin_options_as_ResizeBilinearOptions()) {
    decode_coordinates(*linear, options);
  } else if (const auto* nearest = op.builtin_options_as_ResizeNearestNeighborOptions()) {
    decode_coordinates(*nearest, options);
  } else if (const auto* reducer = op.builtin_options_as_ReducerOptions()) {
    options.keep_dims = reducer->keep_dims();
  } else if (const auto* leaky = op.builtin_options_as_LeakyReluOptions()) {
    options.alpha = leaky->alpha();
  }
  return options;
}

TfliteOperator decode_operator(const tflite::Model& model, const tflite::Operator& table) {
  require(table.opcode_index() < count(model.operator_codes()),
          "has operator code {}, but the model has {}", table.opcode_index(),
          count(model.operator_codes()));
  const auto* code = model.operator_codes()->Get(table.opcode_index());
  TfliteOperator op;
  // Old models have the number in the first field only, new ones in both where it fits.
  op.code = std::max<int32_t>(code->builtin_code(), code->deprecated_builtin_code());
  op.custom_code = text(code->custom_code());
  op.inputs = list<int32_t>(table.inputs());
  op.outputs = list<int32_t>(table.outputs());
  op.options = decode_options(table);
  return op;
}

void check_indices(const std::string& of, const std::vector<int32_t>& indices, bool optional,
                   size_t tensors) {
  for (const int32_t index : indices) {
    const bool absent = optional && index == -1;
    require(absent || (index >= 0 && static_cast<size_t>(index) < tensors),
            "{} refers to tensor {}, but the model has {}", of, index, tensors);
  }
}

}  // namespace

TfliteModel parse_tflite(std::span<const uint8_t> bytes) {
  constexpr size_t kSmallest = 8;  // the root's offset and the identifier
  require(bytes.size() >= kSmallest && tflite::ModelBufferHasIdentifier(bytes.data()),
          "not a TensorFlow Lite model: it does not say TFL3");
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  require(tflite::VerifyModelBuffer(verifier),
          "a damaged TensorFlow Lite model: an offset of its "
          "{} bytes leads astray",
          bytes.size());
  const tflite::Model& source = *tflite::GetModel(bytes.data());
  require(count(source.subgraphs()) >= 1, "the model has no subgraph");
  const tflite::SubGraph& graph = *source.subgraphs()->Get(0);

  TfliteModel model;
  model.name = text(graph.name());
  model.inputs = list<int32_t>(graph.inputs());
  model.outputs = list<int32_t>(graph.outputs());
  for (flatbuffers::uoffset_t i = 0; i < count(graph.tensors()); ++i) {
    const tflite::Tensor& table = *graph.tensors()->Get(i);
    try {
      model.tensors.push_back(decode_tensor(source, table));
    } catch (const Error& error) {
      fail("tensor {} ('{}'): {}", i, text(table.name()), error.what());
    }
  }
  check_indices("the list of inputs", model.inputs, false, model.tensors.size());
  check_indices("the list of outputs", model.outputs, false, model.tensors.size());
  for (flatbuffers::uoffset_t i = 0; i < count(graph.operators()); ++i) {
    const std::string name = fmt::format("operator {}", i);
    try {
      model.operators.push_back(decode_operator(source, *graph.operators()->Get(i)));
    } catch (const Error& error) {
      fail("{}: {}", name, error.what());
    }
    check_indices(name, model.operators.back().inputs, true, model.tensors.size());
    check_indices(name, model.operators.back().outputs, false, model.tensors.size());
  }
  return model;
}

}  // namespace vta::import
