// Small TFLite models for tests.
#pragma once

#include <string>
#include <vector>

#include "schema_generated.h"
#include "vta/base/tensor.h"
#include "vta/import/tflite/tflite.h"

namespace vta::import {

class TfliteBuilder {
 public:
  TfliteBuilder() { buffers_.push_back(tflite::CreateBuffer(builder_)); }

  // Each returns the tensor's index. Tensors without data are computed.
  int32_t floats(const std::string& name, const std::vector<int32_t>& shape,
                 const std::vector<float>& data = {}) {
    return tensor(name, shape, tflite::TensorType_FLOAT32, bytes_of(data), 0);
  }
  // With a scale where it is the bias of an integer layer.
  int32_t ints(const std::string& name, const std::vector<int32_t>& shape,
               const std::vector<int32_t>& data, float scale = 0) {
    return tensor(name, shape, tflite::TensorType_INT32, bytes_of(data),
                  scale == 0 ? Meaning(0) : meaning(scale, 0));
  }
  int32_t bytes(const std::string& name, const std::vector<int32_t>& shape, float scale,
                int64_t zero_point, const std::vector<int8_t>& data = {}) {
    return tensor(name, shape, tflite::TensorType_INT8, bytes_of(data), meaning(scale, zero_point));
  }
  int32_t unsigned_bytes(const std::string& name, const std::vector<int32_t>& shape, float scale,
                         int64_t zero_point, const std::vector<uint8_t>& data = {}) {
    return tensor(name, shape, tflite::TensorType_UINT8, data, meaning(scale, zero_point));
  }

  template <typename Options>
  TfliteBuilder& op(int32_t code, const std::vector<int32_t>& inputs, int32_t output,
                    flatbuffers::Offset<Options> options) {
    return add(code, inputs, output, tflite::BuiltinOptionsTraits<Options>::enum_value,
               options.Union());
  }
  TfliteBuilder& op(int32_t code, const std::vector<int32_t>& inputs, int32_t output) {
    return add(code, inputs, output, tflite::BuiltinOptions_NONE, 0);
  }
  flatbuffers::FlatBufferBuilder& fbb() { return builder_; }

  std::vector<uint8_t> finish(const std::vector<int32_t>& inputs,
                              const std::vector<int32_t>& outputs) {
    const auto graph =
        tflite::CreateSubGraph(builder_, builder_.CreateVector(tensors_),
                               builder_.CreateVector(inputs), builder_.CreateVector(outputs),
                               builder_.CreateVector(operators_), builder_.CreateString("main"));
    const auto graphs =
        builder_.CreateVector(std::vector<flatbuffers::Offset<tflite::SubGraph>>{graph});
    const auto codes = builder_.CreateVector(codes_);
    const auto buffers = builder_.CreateVector(buffers_);
    const auto model =
        tflite::CreateModel(builder_, 3, codes, graphs, builder_.CreateString("test"), buffers);
    tflite::FinishModelBuffer(builder_, model);
    return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
  }

 private:
  using Meaning = flatbuffers::Offset<tflite::QuantizationParameters>;

  Meaning meaning(float scale, int64_t zero_point) {
    return tflite::CreateQuantizationParameters(
        builder_, 0, 0, builder_.CreateVector(std::vector<float>{scale}),
        builder_.CreateVector(std::vector<int64_t>{zero_point}));
  }

  template <typename T>
  static std::vector<uint8_t> bytes_of(const std::vector<T>& data) {
    const auto* first = reinterpret_cast<const uint8_t*>(data.data());
    return {first, first + data.size() * sizeof(T)};
  }

  int32_t tensor(const std::string& name, const std::vector<int32_t>& shape,
                 tflite::TensorType type, const std::vector<uint8_t>& data, Meaning quantization) {
    uint32_t buffer = 0;
    if (!data.empty()) {
      buffer = static_cast<uint32_t>(buffers_.size());
      builder_.ForceVectorAlignment(data.size(), 1, 16);
      buffers_.push_back(tflite::CreateBuffer(builder_, builder_.CreateVector(data)));
    }
    const auto dims = builder_.CreateVector(shape);
    const auto text = builder_.CreateString(name);
    tensors_.push_back(tflite::CreateTensor(builder_, dims, type, buffer, text, quantization));
    return static_cast<int32_t>(tensors_.size()) - 1;
  }

  TfliteBuilder& add(int32_t code, const std::vector<int32_t>& inputs, int32_t output,
                     tflite::BuiltinOptions type, flatbuffers::Offset<void> options) {
    codes_.push_back(
        tflite::CreateOperatorCode(builder_, static_cast<int8_t>(std::min(code, 127)), 0, 1, code));
    const auto from = builder_.CreateVector(inputs);
    const auto to = builder_.CreateVector(std::vector<int32_t>{output});
    operators_.push_back(tflite::CreateOperator(builder_, static_cast<uint32_t>(codes_.size()) - 1,
                                                from, to, type, options));
    return *this;
  }

  flatbuffers::FlatBufferBuilder builder_;
  std::vector<flatbuffers::Offset<tflite::Buffer>> buffers_;
  std::vector<flatbuffers::Offset<tflite::Tensor>> tensors_;
  std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes_;
  std::vector<flatbuffers::Offset<tflite::Operator>> operators_;
};

}  // namespace vta::import
