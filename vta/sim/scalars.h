// Elements in DRAM are packed little-endian: scalar k of an element of w-bit scalars is at bits
// [k * w, (k + 1) * w), signed, w a power of two up to 32.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vta::sim {

inline int32_t read_scalar(const uint8_t* bytes, size_t k, int bits) {
  const size_t bit = k * static_cast<size_t>(bits);
  uint32_t value = 0;
  for (int i = 0; i < (bits + 7) / 8; ++i) {
    value |= uint32_t{bytes[bit / 8 + static_cast<size_t>(i)]} << (8 * i);
  }
  const int unused = 32 - bits;
  return static_cast<int32_t>(value >> (bit % 8) << unused) >> unused;
}

// Keeps the low `bits` bits of `value`.
inline void write_scalar(uint8_t* bytes, size_t k, int bits, int32_t value) {
  const size_t bit = k * static_cast<size_t>(bits);
  if (bits < 8) {
    const uint32_t mask = ((1U << bits) - 1) << (bit % 8);
    const uint32_t shifted = static_cast<uint32_t>(value) << (bit % 8);
    bytes[bit / 8] = static_cast<uint8_t>((bytes[bit / 8] & ~mask) | (shifted & mask));
    return;
  }
  for (int i = 0; i < bits / 8; ++i) {
    bytes[bit / 8 + static_cast<size_t>(i)] =
        static_cast<uint8_t>(static_cast<uint32_t>(value) >> (8 * i));
  }
}

}  // namespace vta::sim
