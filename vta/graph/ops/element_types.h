// From a tensor's element type at run time to a C++ type at compile time.
#pragma once

#include <string_view>

#include "vta/base/tensor.h"

namespace vta::graph {

inline bool is_half(DType dtype) {
  return dtype == DType::kFloat16 || dtype == DType::kBFloat16;
}
inline bool is_float(DType dtype) {
  return is_half(dtype) || dtype == DType::kFloat32 || dtype == DType::kFloat64;
}
inline bool is_number(DType dtype) {
  return dtype != DType::kBool;
}
inline bool is_unsigned(DType dtype) {
  return dtype == DType::kUInt8 || dtype == DType::kUInt16 || dtype == DType::kUInt32 ||
         dtype == DType::kUInt64;
}

inline void require_float(DType dtype, std::string_view name) {
  require(is_float(dtype), "{} must be a float type (f16, bf16, f32, f64), got {}", name,
          dtype_name(dtype));
}
inline void require_number(DType dtype, std::string_view name) {
  require(is_number(dtype), "{} must be a float or integer type, got {}", name, dtype_name(dtype));
}

// Half floats have no arithmetic of their own: kernels compute them in f32, between these two.
inline Tensor widened(const Tensor& tensor) {
  return is_half(tensor.dtype()) ? tensor.cast(DType::kFloat32) : tensor;
}
inline Tensor narrowed(Tensor tensor, DType dtype) {
  return tensor.dtype() == dtype ? std::move(tensor) : tensor.cast(dtype);
}

// Returns body<T>() for the C++ type T of f32 or f64.
template <typename Body>
auto with_float(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::kFloat32:
      return body.template operator()<float>();
    case DType::kFloat64:
      return body.template operator()<double>();
    default:
      fail("{} has no float arithmetic", dtype_name(dtype));
  }
}

// Returns body<T>() for the C++ type T of f32, f64 or an integer type.
template <typename Body>
auto with_number(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::kInt8:
      return body.template operator()<int8_t>();
    case DType::kInt16:
      return body.template operator()<int16_t>();
    case DType::kInt32:
      return body.template operator()<int32_t>();
    case DType::kInt64:
      return body.template operator()<int64_t>();
    case DType::kUInt8:
      return body.template operator()<uint8_t>();
    case DType::kUInt16:
      return body.template operator()<uint16_t>();
    case DType::kUInt32:
      return body.template operator()<uint32_t>();
    case DType::kUInt64:
      return body.template operator()<uint64_t>();
    default:
      return with_float(dtype, body);
  }
}

}  // namespace vta::graph
