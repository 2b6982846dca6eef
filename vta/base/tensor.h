// A dense tensor on the host: element type, shape, row-major little-endian data.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vta/base/error.h"

namespace vta {

enum class DType : uint8_t {
  kFloat16,
  kBFloat16,
  kFloat32,
  kFloat64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kBool,  // one byte, 0 or 1
};

std::string_view dtype_name(DType dtype);      // "f32", "i8", "u8", "bool", …
DType dtype_from_name(std::string_view name);  // throws Error that lists the names
size_t dtype_bytes(DType dtype);

// The DType of a C++ type (float16 and bfloat16 have none).
template <typename T>
constexpr DType dtype_of();

using Shape = std::vector<int64_t>;

// Number of elements. Throws Error when a dimension is negative or the product exceeds 2^40.
int64_t element_count(const Shape& shape);
std::string to_string(const Shape& shape);  // "1x16x28x28"; "scalar" for rank 0

class Tensor {
 public:
  Tensor() : Tensor(DType::kFloat32, {0}) {}
  Tensor(DType dtype, Shape shape);  // zeros
  template <typename T>
  static Tensor of(Shape shape, std::span<const T> values);
  template <typename T>
  static Tensor scalar(T value) {
    return of<T>({}, std::span<const T>(&value, 1));
  }

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  int64_t rank() const { return static_cast<int64_t>(shape_.size()); }
  int64_t size() const { return count_; }  // elements
  std::span<uint8_t> bytes() { return data_; }
  std::span<const uint8_t> bytes() const { return data_; }

  // The elements as T; throws Error when T is not the tensor's element type.
  template <typename T>
  std::span<T> as() {
    check_type(dtype_of<T>());
    return {reinterpret_cast<T*>(data_.data()), static_cast<size_t>(count_)};
  }
  template <typename T>
  std::span<const T> as() const {
    check_type(dtype_of<T>());
    return {reinterpret_cast<const T*>(data_.data()), static_cast<size_t>(count_)};
  }

  // The same data under another shape of as many elements; throws Error otherwise.
  Tensor reshaped(Shape shape) const&;
  Tensor reshaped(Shape shape) &&;
  // Values converted element by element: float to integer truncates and wraps as a cast to int64
  // would, to bool means != 0, narrowing to float16 and bfloat16 rounds to nearest even.
  Tensor cast(DType dtype) const;

  bool operator==(const Tensor& other) const = default;  // bitwise

 private:
  void check_type(DType expected) const;

  DType dtype_;
  Shape shape_;
  int64_t count_;
  std::vector<uint8_t> data_;
};

template <>
constexpr DType dtype_of<float>() {
  return DType::kFloat32;
}
template <>
constexpr DType dtype_of<double>() {
  return DType::kFloat64;
}
template <>
constexpr DType dtype_of<int8_t>() {
  return DType::kInt8;
}
template <>
constexpr DType dtype_of<int16_t>() {
  return DType::kInt16;
}
template <>
constexpr DType dtype_of<int32_t>() {
  return DType::kInt32;
}
template <>
constexpr DType dtype_of<int64_t>() {
  return DType::kInt64;
}
template <>
constexpr DType dtype_of<uint8_t>() {
  return DType::kUInt8;
}
template <>
constexpr DType dtype_of<uint16_t>() {
  return DType::kUInt16;
}
template <>
constexpr DType dtype_of<uint32_t>() {
  return DType::kUInt32;
}
template <>
constexpr DType dtype_of<uint64_t>() {
  return DType::kUInt64;
}
template <>
constexpr DType dtype_of<bool>() {
  return DType::kBool;
}

template <typename T>
Tensor Tensor::of(Shape shape, std::span<const T> values) {
  Tensor tensor(dtype_of<T>(), std::move(shape));
  require(static_cast<int64_t>(values.size()) == tensor.size(),
          "tensor of shape {} needs {} values, got {}", to_string(tensor.shape()), tensor.size(),
          values.size());
  std::copy(values.begin(), values.end(), tensor.as<T>().begin());
  return tensor;
}

}  // namespace vta
