// Where the activations of a network lie in one block of device memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vta::compiler {

// A buffer that is needed from step `first` to step `last`, both included.
struct Lifetime {
  uint64_t bytes = 0;
  int64_t first = 0;
  int64_t last = 0;
};

struct MemoryPlan {
  std::vector<uint64_t> offsets;  // one for each lifetime, multiples of the alignment
  uint64_t bytes = 0;             // size of the block
};

// Buffers whose lifetimes overlap do not share bytes. Largest first, each at the lowest offset that
// is free for all of its life.
MemoryPlan plan_memory(std::span<const Lifetime> lifetimes, uint64_t alignment);

}  // namespace vta::compiler
