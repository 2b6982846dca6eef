// The accelerator's DRAM as the simulators see it: bytes from address 0 to a capacity, zero at
// first.
#pragma once

#include <cstdint>
#include <span>

#include "vta/base/error.h"

namespace vta::sim {

class Dram {
 public:
  static constexpr uint64_t kDefaultCapacity = uint64_t{4} << 30;

  // Reserves address space only; pages take memory when they are written. Throws Error when the
  // system refuses.
  explicit Dram(uint64_t capacity = kDefaultCapacity);
  ~Dram();
  Dram(const Dram&) = delete;
  Dram& operator=(const Dram&) = delete;

  uint64_t capacity() const { return capacity_; }
  // Throws Error when [address, address + size) is not inside the capacity.
  std::span<uint8_t> at(uint64_t address, uint64_t size);
  std::span<const uint8_t> at(uint64_t address, uint64_t size) const;

 private:
  uint8_t* data_;
  uint64_t capacity_;
};

}  // namespace vta::sim
