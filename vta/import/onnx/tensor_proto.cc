#include <onnx/onnx_pb.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>

#include "vta/import/onnx/proto.h"

namespace vta::import {
namespace {

struct ElementType {
  onnx::TensorProto::DataType onnx;
  DType dtype;
};
constexpr ElementType kElementTypes[] = {
    {onnx::TensorProto::FLOAT, DType::kFloat32},   {onnx::TensorProto::DOUBLE, DType::kFloat64},
    {onnx::TensorProto::FLOAT16, DType::kFloat16}, {onnx::TensorProto::BFLOAT16, DType::kBFloat16},
    {onnx::TensorProto::INT8, DType::kInt8},       {onnx::TensorProto::INT16, DType::kInt16},
    {onnx::TensorProto::INT32, DType::kInt32},     {onnx::TensorProto::INT64, DType::kInt64},
    {onnx::TensorProto::UINT8, DType::kUInt8},     {onnx::TensorProto::UINT16, DType::kUInt16},
    {onnx::TensorProto::UINT32, DType::kUInt32},   {onnx::TensorProto::UINT64, DType::kUInt64},
    {onnx::TensorProto::BOOL, DType::kBool},
};

int64_t parse_size(const std::string& key, const std::string& text) {
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  require(error == std::errc() && end == text.data() + text.size() && value >= 0,
          "external data's {} '{}' is not a size in bytes", key, text);
  return value;
}

// Symbolic links are followed before the place is judged.
std::filesystem::path external_path(const std::string& location,
                                    const std::filesystem::path& folder) {
  require(!folder.empty(), "external data '{}': the model comes without a folder to look in",
          location);
  const std::filesystem::path root = std::filesystem::weakly_canonical(folder);
  const std::filesystem::path path = std::filesystem::weakly_canonical(root / location);
  const auto common = std::ranges::mismatch(root, path);
  require(!location.empty() && common.in1 == root.end() && path != root,
          "external data '{}' lies outside the model's folder; it must be a relative path in it",
          location);
  return path;
}

void read_external(const onnx::TensorProto& proto, const std::filesystem::path& folder,
                   size_t bytes_needed, std::vector<uint8_t>& bytes) {
  std::string location;
  int64_t offset = 0;
  int64_t length = static_cast<int64_t>(bytes_needed);
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = parse_size("offset", entry.value());
    if (entry.key() == "length") length = parse_size("length", entry.value());
  }
  const std::filesystem::path path = external_path(location, folder);
  std::error_code error;
  require(std::filesystem::is_regular_file(path, error), "external data '{}' is not a file",
          location);
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path));
  require(length == static_cast<int64_t>(bytes_needed),
          "external data '{}' has {} bytes for the tensor, which needs {}", location, length,
          bytes_needed);
  require(offset <= size && length <= size - offset,
          "external data '{}' has {} bytes, too few for {} from {}", location, size, length,
          offset);
  bytes.resize(bytes_needed);
  std::ifstream file(path, std::ios::binary);
  file.seekg(offset);
  file.read(reinterpret_cast<char*>(bytes.data()), length);
  require(file.good(), "external data '{}' cannot be read", location);
}

template <typename T, typename Field>
void append_field(const Field& field, int64_t count, std::vector<uint8_t>& bytes) {
  require(field.size() == count, "has {} values, its shape needs {}", field.size(), count);
  bytes.resize(static_cast<size_t>(count) * sizeof(T));
  uint8_t* to = bytes.data();
  for (const auto value : field) {
    const T narrow = static_cast<T>(value);
    std::memcpy(to, &narrow, sizeof(T));
    to += sizeof(T);
  }
}

// The typed fields, by the rule in onnx.proto: which element type is stored in which of them.
void read_fields(const onnx::TensorProto& proto, DType dtype, int64_t count,
                 std::vector<uint8_t>& bytes) {
  switch (dtype) {
    case DType::kFloat32:
      return append_field<float>(proto.float_data(), count, bytes);
    case DType::kFloat64:
      return append_field<double>(proto.double_data(), count, bytes);
    case DType::kInt64:
      return append_field<int64_t>(proto.int64_data(), count, bytes);
    case DType::kUInt64:
      return append_field<uint64_t>(proto.uint64_data(), count, bytes);
    case DType::kUInt32:
      return append_field<uint32_t>(proto.uint64_data(), count, bytes);
    case DType::kInt32:
      return append_field<int32_t>(proto.int32_data(), count, bytes);
    case DType::kInt16:
    case DType::kUInt16:
    case DType::kFloat16:
    case DType::kBFloat16:
      return append_field<uint16_t>(proto.int32_data(), count, bytes);
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kBool:
      return append_field<uint8_t>(proto.int32_data(), count, bytes);
  }
}

}  // namespace

DType decode_dtype(int32_t data_type) {
  using Proto = onnx::TensorProto;
  for (const ElementType& type : kElementTypes) {
    if (type.onnx == data_type) return type.dtype;
  }
  const std::string name = Proto::DataType_IsValid(data_type)
                               ? Proto::DataType_Name(static_cast<Proto::DataType>(data_type))
                               : fmt::format("number {}", data_type);
  fail(
      "element type {} is not supported; floats of 16 to 64 bits, integers of 8 to 64 and bool are",
      name);
}

int32_t encode_dtype(DType dtype) {
  return std::ranges::find(kElementTypes, dtype, &ElementType::dtype)->onnx;
}

Tensor decode_tensor(const onnx::TensorProto& proto, const std::filesystem::path& folder) {
  const DType dtype = decode_dtype(proto.data_type());
  require(proto.dims_size() <= kMaxRank, "has {} dimensions, the limit is {}", proto.dims_size(),
          kMaxRank);
  require(!proto.has_segment(), "is stored in segments, which are not supported");
  const Shape shape(proto.dims().begin(), proto.dims().end());
  const int64_t count = element_count(shape);
  const size_t needed = static_cast<size_t>(count) * dtype_bytes(dtype);
  std::vector<uint8_t> bytes;
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    read_external(proto, folder, needed, bytes);
  } else if (proto.has_raw_data()) {
    const std::string& raw = proto.raw_data();
    require(raw.size() == needed, "has {} bytes of data, its shape {} needs {}", raw.size(),
            to_string(shape), needed);
    bytes.assign(raw.begin(), raw.end());
  } else {
    read_fields(proto, dtype, count, bytes);
  }
  if (dtype == DType::kBool) {
    for (uint8_t& value : bytes) value = value != 0 ? 1 : 0;
  }
  Tensor tensor(dtype, shape);
  std::ranges::copy(bytes, tensor.bytes().begin());
  return tensor;
}

}  // namespace vta::import
