#include "vta/runtime/micro_kernels.h"

#include <algorithm>

#include "vta/base/error.h"

namespace vta::runtime {

namespace {

// What one row of a LOAD can bring.
constexpr int64_t kMaxRow = 0xFFFF;

}  // namespace

MicroKernels::MicroKernels(const isa::Encoding& encoding)
    : encoding_(encoding),
      depth_(static_cast<uint32_t>(encoding.config().depth(hw::Memory::kUop))) {}

MicroKernels::Residence MicroKernels::use(const std::vector<isa::MicroOp>& kernel) {
  const int64_t limit = std::min<int64_t>(depth_, kMaxRow);
  const auto size = static_cast<int64_t>(kernel.size());
  require(size > 0, "a micro-kernel has no micro-ops, must have at least one");
  require(size <= limit, "a micro-kernel has {} micro-ops, at most {} fit the micro-op buffer",
          size, limit);
  std::vector<uint8_t> encoded;
  for (const isa::MicroOp& uop : kernel) encoding_.encode(uop, encoded);

  const auto count = static_cast<uint32_t>(size);
  const auto [found, is_new] =
      kernels_.try_emplace(std::string(encoded.begin(), encoded.end()),
                           Kernel{static_cast<uint32_t>(image_.size()), count});
  if (is_new) image_.insert(image_.end(), kernel.begin(), kernel.end());
  const uint32_t image_begin = found->second.image_begin;
  if (const auto place = places_.find(image_begin); place != places_.end()) {
    return {image_begin, place->second, count, false};
  }

  const uint32_t begin = next_ + count <= depth_ ? next_ : 0;
  evict(begin, begin + count);
  residents_[begin] = found->second;
  places_[image_begin] = begin;
  next_ = begin + count;
  return {image_begin, begin, count, true};
}

void MicroKernels::evict(uint32_t begin, uint32_t end) {
  std::erase_if(residents_, [&](const auto& resident) {
    const auto& [place, kernel] = resident;
    const bool overlaps = place < end && begin < place + kernel.count;
    if (overlaps) places_.erase(kernel.image_begin);
    return overlaps;
  });
}

}  // namespace vta::runtime
