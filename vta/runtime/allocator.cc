#include "vta/runtime/allocator.h"

#include <algorithm>
#include <iterator>

#include "vta/base/error.h"

namespace vta::runtime {

Allocator::Allocator(uint64_t begin, uint64_t end, uint64_t alignment)
    : alignment_(alignment), free_{{begin, end - begin}} {}

uint64_t Allocator::allocate(uint64_t bytes) {
  uint64_t largest = 0;
  for (const auto& [address, size] : free_) largest = std::max(largest, size);
  require(bytes <= largest, "device memory: {} bytes asked, the largest free block has {}", bytes,
          largest);
  // Blocks are multiples of the alignment, so what fits one still does when rounded up.
  const uint64_t rounded =
      std::max<uint64_t>(1, (bytes + alignment_ - 1) / alignment_) * alignment_;
  const auto block =
      std::ranges::find_if(free_, [&](const auto& b) { return b.second >= rounded; });
  require(block != free_.end(), "device memory: it is full");
  const auto [address, size] = *block;
  free_.erase(block);
  if (size > rounded) free_[address + rounded] = size - rounded;
  used_[address] = rounded;
  return address;
}

void Allocator::free(uint64_t address) {
  const auto used = used_.find(address);
  require(used != used_.end(), "device memory: no block in use begins at {:#x}", address);
  auto block = free_.insert(*used).first;
  used_.erase(used);
  const auto merge_with_next = [&](Blocks::iterator first) {
    const auto next = std::next(first);
    if (next == free_.end() || first->first + first->second != next->first) return;
    first->second += next->second;
    free_.erase(next);
  };
  merge_with_next(block);
  if (block != free_.begin()) merge_with_next(std::prev(block));
}

uint64_t Allocator::free_bytes() const {
  uint64_t total = 0;
  for (const auto& [address, size] : free_) total += size;
  return total;
}

}  // namespace vta::runtime
