// The ONNX file format (onnx.proto3, by libonnx's protobuf classes) to the importer's structures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "vta/import/onnx/model.h"

namespace onnx {
class TensorProto;
}

namespace vta::import {

// The most dimensions that a tensor or input may have.
inline constexpr int kMaxRank = 64;

// External data is looked for in `folder`. Throws Error: damaged bytes, no graph, no default-domain
// opset in [1, 20], a tensor or an input that cannot be represented.
OnnxModel parse_model(std::span<const uint8_t> bytes, const std::filesystem::path& folder);

// Throws Error without naming the tensor: an element type without a DType, sizes that do not fit
// the bytes at hand, external data that is outside `folder` or too short.
Tensor decode_tensor(const onnx::TensorProto& proto, const std::filesystem::path& folder);

// The DType of a TensorProto.DataType; throws Error that names the type.
DType decode_dtype(int32_t data_type);
int32_t encode_dtype(DType dtype);

}  // namespace vta::import
