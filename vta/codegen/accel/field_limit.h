// The largest value of an instruction's field.
#pragma once

#include <algorithm>
#include <string_view>

#include "vta/isa/field.h"

namespace vta::codegen::accel {

inline int64_t field_limit(const isa::Encoding& encoding, isa::Opcode opcode,
                           std::string_view name) {
  const auto fields = isa::fields(opcode);
  const auto field = std::ranges::find(fields, name, &isa::Field::name);
  const auto at = static_cast<size_t>(field - fields.begin());
  return isa::legal_values(*field, encoding.placements(opcode)[at].width).high;
}

}  // namespace vta::codegen::accel
