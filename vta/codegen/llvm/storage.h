// How compiled code keeps buffers: elements in their order, those narrower than a byte (and bool)
// in one byte each, sign- or zero-extended.
#pragma once

#include <algorithm>
#include <cstdint>

#include "vta/loop/expr.h"

namespace vta::codegen {

inline constexpr int64_t kAlignment = 64;  // bytes, of every buffer

inline int64_t element_bytes(loop::Type type) {
  return std::max(1, type.bits / 8);
}
inline int64_t storage_bytes(const loop::BufferNode& buffer) {
  return buffer.elements() * element_bytes(buffer.type);
}

}  // namespace vta::codegen
