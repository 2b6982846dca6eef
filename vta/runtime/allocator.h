// Which parts of a device's memory are taken: first fit, free neighbours merged.
#pragma once

#include <cstdint>
#include <map>

namespace vta::runtime {

class Allocator {
 public:
  // Hands out [begin, end) in multiples of `alignment` bytes, to which begin and end are aligned.
  Allocator(uint64_t begin, uint64_t end, uint64_t alignment);

  // The address of a block of at least `bytes`; a block of none is still one of its own. Throws
  // Error that says how much was asked and how large the largest free block is.
  uint64_t allocate(uint64_t bytes);
  // Throws Error unless allocate returned the address and it was not freed since.
  void free(uint64_t address);

  uint64_t free_bytes() const;

 private:
  using Blocks = std::map<uint64_t, uint64_t>;  // address to size in bytes

  uint64_t alignment_;
  Blocks free_;
  Blocks used_;
};

}  // namespace vta::runtime
