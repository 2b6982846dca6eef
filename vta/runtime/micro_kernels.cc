#include "vta/runtime/micro_kernels.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>

#include "vta/base/error.h"

namespace vta::runtime {

namespace {

// What one row of a LOAD can bring.
constexpr int64_t kMaxRow = 0xFFFF;

}  // namespace

MicroKernels::MicroKernels(const isa::Encoding& encoding)
    : encoding_(encoding),
      depth_(static_cast<uint32_t>(encoding.config().depth(hw::Memory::kUop))) {}

void MicroKernels::use(const std::vector<isa::MicroOp>& kernel) {
  const int64_t limit = std::min<int64_t>(depth_, kMaxRow);
  const auto size = static_cast<int64_t>(kernel.size());
  require(size > 0, "a micro-kernel has no micro-ops, must have at least one");
  require(size <= limit, "a micro-kernel has {} micro-ops, at most {} fit the micro-op buffer",
          size, limit);
  std::vector<uint8_t> encoded;
  for (const isa::MicroOp& uop : kernel) encoding_.encode(uop, encoded);
  const auto [found, is_new] =
      by_encoding_.try_emplace(std::string(encoded.begin(), encoded.end()), kernels_.size());
  if (is_new) {
    kernels_.push_back({static_cast<uint32_t>(image_.size()), static_cast<uint32_t>(size)});
    image_.insert(image_.end(), kernel.begin(), kernel.end());
  }
  kernels_[found->second].uses.push_back(uses_.size());
  uses_.push_back(found->second);
}

// Goes through the uses once, with what the buffer holds.
class ResidencyPlanner {
 public:
  explicit ResidencyPlanner(const MicroKernels& kernels) : k_(kernels) {}

  MicroKernels::Residency plan() {
    for (now_ = 0; now_ < k_.uses_.size(); ++now_) {
      const size_t kernel = k_.uses_[now_];
      const auto place = places_.find(kernel);
      const uint32_t begin = place != places_.end() ? place->second : load(kernel);
      result_.places.push_back({begin, k_.kernels_[kernel].count});
    }
    return std::move(result_);
  }

 private:
  static constexpr size_t kNever = SIZE_MAX;

  uint32_t end_of(uint32_t begin) const { return begin + k_.kernels_[residents_.at(begin)].count; }

  // When the kernel is used next; the use before counts, as a load ahead of it must not disturb it.
  size_t next_use(size_t kernel) const {
    if (now_ > 0 && k_.uses_[now_ - 1] == kernel) return now_;
    const std::vector<size_t>& uses = k_.kernels_[kernel].uses;
    const auto next = std::ranges::lower_bound(uses, now_);
    return next == uses.end() ? kNever : *next;
  }

  // The residents that overlap [begin, begin + count).
  std::vector<uint32_t> overlapping(uint32_t begin, uint32_t count) const {
    std::vector<uint32_t> result;
    auto it = residents_.lower_bound(begin);
    if (it != residents_.begin() && end_of(std::prev(it)->first) > begin) --it;
    for (; it != residents_.end() && it->first < begin + count; ++it) result.push_back(it->first);
    return result;
  }

  // The place whose residents are all needed latest; the lowest of equals.
  uint32_t best_place(uint32_t count) const {
    std::vector<uint32_t> candidates = {0, k_.depth_ - count};
    for (const auto& [begin, kernel] : residents_) {
      candidates.push_back(end_of(begin));
      if (begin >= count) candidates.push_back(begin - count);
    }
    std::ranges::sort(candidates);
    std::optional<size_t> latest;
    uint32_t best = 0;
    for (const uint32_t begin : candidates) {
      if (begin + count > k_.depth_) break;
      size_t soonest = kNever;
      for (const uint32_t r : overlapping(begin, count)) {
        soonest = std::min(soonest, next_use(residents_.at(r)));
      }
      if (latest && soonest <= *latest) continue;
      latest = soonest;
      best = begin;
    }
    return best;
  }

  uint32_t load(size_t kernel) {
    const uint32_t count = k_.kernels_[kernel].count;
    if (unused_ + count > k_.depth_) unused_ = k_.depth_;
    return unused_ < k_.depth_ ? load_early(kernel) : replace(kernel);
  }

  uint32_t load_early(size_t kernel) {
    const uint32_t begin = unused_;
    unused_ += k_.kernels_[kernel].count;
    enter(kernel, begin, std::bit_floor(now_) / 2);
    return begin;
  }

  uint32_t replace(size_t kernel) {
    const MicroKernels::Kernel& k = k_.kernels_[kernel];
    const uint32_t begin = best_place(k.count);
    bool ahead = now_ > 0;
    for (const uint32_t r : overlapping(begin, k.count)) {
      ahead &= residents_.at(r) != k_.uses_[now_ - 1];
      places_.erase(residents_.at(r));
      residents_.erase(r);
    }
    enter(kernel, begin, now_ - (ahead ? 1 : 0));
    return begin;
  }

  void enter(size_t kernel, uint32_t begin, size_t before) {
    residents_[begin] = kernel;
    places_[kernel] = begin;
    append({before, k_.kernels_[kernel].image_begin, begin, k_.kernels_[kernel].count});
  }

  void append(const MicroKernels::Load& load) {
    if (!result_.loads.empty()) {
      MicroKernels::Load& last = result_.loads.back();
      if (last.before == load.before && last.image_begin + last.count == load.image_begin &&
          last.begin + last.count == load.begin && last.count + load.count <= kMaxRow) {
        last.count += load.count;
        return;
      }
    }
    result_.loads.push_back(load);
  }

  const MicroKernels& k_;
  MicroKernels::Residency result_;
  size_t now_ = 0;
  uint32_t unused_ = 0;  // begin of the room that no kernel has had
  std::map<uint32_t, size_t> residents_;         // kernels by their begin in the buffer
  std::unordered_map<size_t, uint32_t> places_;  // and its inverse
};

MicroKernels::Residency MicroKernels::plan() const {
  return ResidencyPlanner(*this).plan();
}

}  // namespace vta::runtime
