// Element types of the loop IR, and what arithmetic in them means.
//
// Integers of 2 to 64 bits are two's complement and wrap at their width; floats are IEEE binary32
// and binary64, rounded after each operation. Indices and extents have the type kIndex.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vta::loop {

struct Type {
  enum class Kind : uint8_t { kInt, kUInt, kFloat, kBool };
  Kind kind = Kind::kInt;
  int bits = 64;

  bool operator==(const Type&) const = default;
  bool is_integer() const { return kind == Kind::kInt || kind == Kind::kUInt; }
  bool is_float() const { return kind == Kind::kFloat; }
  bool is_bool() const { return kind == Kind::kBool; }
};

inline constexpr Type kInt4 = {Type::Kind::kInt, 4};
inline constexpr Type kInt8 = {Type::Kind::kInt, 8};
inline constexpr Type kInt32 = {Type::Kind::kInt, 32};
inline constexpr Type kInt64 = {Type::Kind::kInt, 64};
inline constexpr Type kUInt8 = {Type::Kind::kUInt, 8};
inline constexpr Type kFloat32 = {Type::Kind::kFloat, 32};
inline constexpr Type kBool = {Type::Kind::kBool, 1};
inline constexpr Type kIndex = kInt64;

std::string to_string(Type type);  // "i8", "u4", "f32", "bool"
// The inverse: integers of 2, 4, 8, 16, 32, 64 bits, f32, f64, bool. Throws Error that lists them.
Type type_from_name(std::string_view name);

// `value` modulo 2^bits, as an integer of `type` represents it: the sign extended for kInt.
int64_t wrap(Type type, int64_t value);

}  // namespace vta::loop
