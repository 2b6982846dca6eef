#include "vta/sim/dram.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

namespace vta::sim {

Dram::Dram(uint64_t capacity) : data_(nullptr), capacity_(capacity) {
  require(capacity > 0, "DRAM: the capacity is 0 bytes, must be at least 1");
  void* memory = mmap(nullptr, capacity, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  require(memory != MAP_FAILED, "DRAM: cannot reserve {} bytes of address space: {}", capacity,
          std::strerror(errno));
  data_ = static_cast<uint8_t*>(memory);
}

Dram::~Dram() {
  munmap(data_, capacity_);
}

std::span<uint8_t> Dram::at(uint64_t address, uint64_t size) {
  require(address <= capacity_ && size <= capacity_ - address,
          "DRAM: {} bytes at address {:#x} do not fit the capacity of {:#x} bytes", size, address,
          capacity_);
  return {data_ + address, size};
}

std::span<const uint8_t> Dram::at(uint64_t address, uint64_t size) const {
  return const_cast<Dram*>(this)->at(address, size);
}

}  // namespace vta::sim
