#include "vta/loop/type.h"

#include <algorithm>
#include <array>

#include "vta/base/error.h"

namespace vta::loop {

namespace {

using Kind = Type::Kind;

struct NamedType {
  std::string_view name;
  Type type;
};

constexpr std::array kTypes = {
    NamedType{"i2", {Kind::kInt, 2}},     NamedType{"i4", {Kind::kInt, 4}},
    NamedType{"i8", {Kind::kInt, 8}},     NamedType{"i16", {Kind::kInt, 16}},
    NamedType{"i32", {Kind::kInt, 32}},   NamedType{"i64", {Kind::kInt, 64}},
    NamedType{"u2", {Kind::kUInt, 2}},    NamedType{"u4", {Kind::kUInt, 4}},
    NamedType{"u8", {Kind::kUInt, 8}},    NamedType{"u16", {Kind::kUInt, 16}},
    NamedType{"u32", {Kind::kUInt, 32}},  NamedType{"u64", {Kind::kUInt, 64}},
    NamedType{"f32", {Kind::kFloat, 32}}, NamedType{"f64", {Kind::kFloat, 64}},
    NamedType{"bool", {Kind::kBool, 1}},
};

}  // namespace

std::string to_string(Type type) {
  const auto it = std::ranges::find(kTypes, type, &NamedType::type);
  return std::string(it->name);
}

Type type_from_name(std::string_view name) {
  const auto it = std::ranges::find(kTypes, name, &NamedType::name);
  if (it != kTypes.end()) return it->type;
  std::string names;
  for (const NamedType& t : kTypes) names += fmt::format("{}{}", names.empty() ? "" : ", ", t.name);
  fail("'{}' is not an element type: {}", name, names);
}

int64_t wrap(Type type, int64_t value) {
  if (type.bits == 64) return value;
  const uint64_t mask = (uint64_t{1} << type.bits) - 1;
  const uint64_t low = static_cast<uint64_t>(value) & mask;
  if (type.kind != Type::Kind::kInt) return static_cast<int64_t>(low);
  const uint64_t sign = uint64_t{1} << (type.bits - 1);
  return static_cast<int64_t>((low ^ sign) - sign);
}

}  // namespace vta::loop
