#include "vta/base/tensor.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace vta {

namespace {

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  size_t bytes;
};

constexpr std::array kDTypes = {
    DTypeInfo{DType::kFloat16, "f16", 2}, DTypeInfo{DType::kBFloat16, "bf16", 2},
    DTypeInfo{DType::kFloat32, "f32", 4}, DTypeInfo{DType::kFloat64, "f64", 8},
    DTypeInfo{DType::kInt8, "i8", 1},     DTypeInfo{DType::kInt16, "i16", 2},
    DTypeInfo{DType::kInt32, "i32", 4},   DTypeInfo{DType::kInt64, "i64", 8},
    DTypeInfo{DType::kUInt8, "u8", 1},    DTypeInfo{DType::kUInt16, "u16", 2},
    DTypeInfo{DType::kUInt32, "u32", 4},  DTypeInfo{DType::kUInt64, "u64", 8},
    DTypeInfo{DType::kBool, "bool", 1},
};

float half_to_float(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int mantissa = half & 1023;
  float magnitude;
  if (exponent == 31) {
    magnitude = mantissa != 0 ? std::nanf("") : INFINITY;
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(1024 + mantissa), exponent - 25);
  }
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

// IEEE 754 binary16, round to nearest even; overflow becomes infinity.
uint16_t float_to_half(float value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const float magnitude = std::fabs(value);
  if (std::isnan(value)) return static_cast<uint16_t>(sign | 0x7e00);
  if (magnitude >= 65520.0F) return static_cast<uint16_t>(sign | 0x7c00);
  if (magnitude < 0x1p-14F) {  // subnormal: units of 2^-24; 1024 of them carry into the exponent
    return static_cast<uint16_t>(sign | static_cast<uint16_t>(std::nearbyint(magnitude * 0x1p24F)));
  }
  int exponent;
  const float fraction = std::frexp(magnitude, &exponent);                          // in [0.5, 1)
  const auto mantissa = static_cast<uint16_t>(std::nearbyint(fraction * 2048.0F));  // 1024..2048
  return static_cast<uint16_t>(sign | (((exponent + 14) << 10) + (mantissa - 1024)));
}

float bfloat_to_float(uint16_t bits) {
  return std::bit_cast<float>(uint32_t{bits} << 16);
}

uint16_t float_to_bfloat(float value) {
  if (std::isnan(value)) return 0x7fc0;
  const auto bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// Calls `body` with a value of the C++ type that stores `dtype` (uint16_t for the half floats).
template <typename Body>
void with_storage(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::kFloat32:
      return body(float{});
    case DType::kFloat64:
      return body(double{});
    case DType::kInt8:
      return body(int8_t{});
    case DType::kInt16:
      return body(int16_t{});
    case DType::kInt32:
      return body(int32_t{});
    case DType::kInt64:
      return body(int64_t{});
    case DType::kUInt8:
      return body(uint8_t{});
    case DType::kUInt16:
      return body(uint16_t{});
    case DType::kUInt32:
      return body(uint32_t{});
    case DType::kUInt64:
      return body(uint64_t{});
    case DType::kBool:
      return body(bool{});
    case DType::kFloat16:
    case DType::kBFloat16:
      fail("element type {} has no arithmetic", dtype_name(dtype));
  }
}

int64_t truncate(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 0x1p63) return INT64_MAX;
  if (value < -0x1p63) return INT64_MIN;
  return static_cast<int64_t>(value);
}

template <typename To, typename From>
To convert(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != From{};
  } else if constexpr (std::is_floating_point_v<From> && std::is_same_v<To, uint64_t>) {
    if (value >= static_cast<From>(0x1p63)) {
      return value >= static_cast<From>(0x1p64) ? UINT64_MAX : static_cast<uint64_t>(value);
    }
    return static_cast<uint64_t>(truncate(value));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return static_cast<To>(truncate(value));
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace

std::string_view dtype_name(DType dtype) {
  return kDTypes[static_cast<size_t>(dtype)].name;
}

size_t dtype_bytes(DType dtype) {
  return kDTypes[static_cast<size_t>(dtype)].bytes;
}

DType dtype_from_name(std::string_view name) {
  std::string names;
  for (const DTypeInfo& info : kDTypes) {
    if (info.name == name) return info.dtype;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", info.name);
  }
  fail("unknown element type '{}', expected one of {}", name, names);
}

int64_t element_count(const Shape& shape) {
  constexpr int64_t kLimit = int64_t{1} << 40;
  int64_t count = 1;
  bool empty = false;
  for (const int64_t dim : shape) {
    // no require(): it would print the shape once for each dimension
    if (dim < 0) fail("shape {} has a negative dimension", to_string(shape));
    if (dim == 0) {
      empty = true;
      continue;
    }
    if (count > kLimit / dim) fail("shape {} has more than 2^40 elements", to_string(shape));
    count *= dim;
  }
  return empty ? 0 : count;
}

std::string to_string(const Shape& shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x"));
}

Tensor::Tensor(DType dtype, Shape shape)
    : dtype_(dtype),
      shape_(std::move(shape)),
      count_(element_count(shape_)),
      data_(static_cast<size_t>(count_) * dtype_bytes(dtype)) {}

void Tensor::check_type(DType expected) const {
  require(dtype_ == expected, "tensor has element type {}, expected {}", dtype_name(dtype_),
          dtype_name(expected));
}

Tensor Tensor::reshaped(Shape shape) const& {
  return Tensor(*this).reshaped(std::move(shape));
}

Tensor Tensor::reshaped(Shape shape) && {
  require(element_count(shape) == count_, "cannot reshape {} to {}", to_string(shape_),
          to_string(shape));
  shape_ = std::move(shape);
  return std::move(*this);
}

Tensor Tensor::cast(DType dtype) const {
  if (dtype == dtype_) return *this;
  const bool from_half = dtype_ == DType::kFloat16 || dtype_ == DType::kBFloat16;
  const bool to_half = dtype == DType::kFloat16 || dtype == DType::kBFloat16;
  if (from_half) {
    Tensor wide(DType::kFloat32, shape_);
    const auto* source = reinterpret_cast<const uint16_t*>(data_.data());
    const auto target = wide.as<float>();
    for (size_t i = 0; i < target.size(); ++i) {
      target[i] = dtype_ == DType::kFloat16 ? half_to_float(source[i]) : bfloat_to_float(source[i]);
    }
    return dtype == DType::kFloat32 ? wide : wide.cast(dtype);
  }
  if (to_half) {
    const Tensor wide = cast(DType::kFloat32);
    Tensor result(dtype, shape_);
    auto* target = reinterpret_cast<uint16_t*>(result.data_.data());
    const auto source = wide.as<float>();
    for (size_t i = 0; i < source.size(); ++i) {
      target[i] = dtype == DType::kFloat16 ? float_to_half(source[i]) : float_to_bfloat(source[i]);
    }
    return result;
  }
  Tensor result(dtype, shape_);
  with_storage(dtype_, [&]<typename From>(From) {
    with_storage(dtype, [&]<typename To>(To) {
      const auto source = as<From>();
      const auto target = result.as<To>();
      for (size_t i = 0; i < source.size(); ++i) target[i] = convert<To>(source[i]);
    });
  });
  return result;
}

}  // namespace vta
