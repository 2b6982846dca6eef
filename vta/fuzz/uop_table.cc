#include "vta/fuzz/uop_table.h"

#include <algorithm>

namespace vta::fuzz {

namespace {

using hw::Memory;

enum class Theme : uint8_t { kSame, kCycle, kSuccessive, kNear, kEnd, kAny };
constexpr Theme kThemes[] = {Theme::kSame,       Theme::kSame, Theme::kCycle, Theme::kCycle,
                             Theme::kSuccessive, Theme::kNear, Theme::kEnd,   Theme::kAny};

// The indices of a run, one after the other.
class Indices {
 public:
  Indices(uint64_t depth, Random& random)
      : depth_(depth),
        theme_(random.pick(kThemes)),
        // Low, so that factors have room above it; often the same few, so that runs meet.
        base_(random.percent(70) ? random.below(std::min<uint64_t>(depth, 8))
                                 : random.below(depth)),
        period_(random.between(2, 7)),
        step_(random.percent(80) ? 1 : random.below(depth)) {}

  uint32_t next(Random& random) {
    const uint64_t k = at_++;
    switch (theme_) {
      case Theme::kSame:
        return wrapped(base_);
      case Theme::kCycle:
        return wrapped(base_ + k % period_ * step_);
      case Theme::kSuccessive:
        return wrapped(base_ + k * step_);
      case Theme::kNear:
        return wrapped(base_ + random.below(4));
      case Theme::kEnd:
        return wrapped(depth_ - 1 - random.below(std::min<uint64_t>(depth_, 4)));
      case Theme::kAny:
        break;
    }
    return static_cast<uint32_t>(random.below(depth_));
  }

 private:
  uint32_t wrapped(uint64_t index) const { return static_cast<uint32_t>(index % depth_); }

  uint64_t depth_;
  Theme theme_;
  uint64_t base_;
  uint64_t period_;
  uint64_t step_;
  uint64_t at_ = 0;
};

}  // namespace

UopTable uop_table(const hw::Config& config, Random& random) {
  const auto acc = static_cast<uint64_t>(config.depth(Memory::kAcc));
  const auto inp = static_cast<uint64_t>(config.depth(Memory::kInp));
  const auto wgt = static_cast<uint64_t>(config.depth(Memory::kWgt));
  UopTable table;
  for (uint64_t runs = random.between(2, 12); runs > 0; --runs) {
    const uint64_t count = random.magnitude(24);
    table.runs.push_back({static_cast<uint32_t>(table.uops.size()), static_cast<uint32_t>(count)});
    Indices dst(acc, random);
    // Sources of GEMM must be inputs, those of ALU accumulators: most often both.
    Indices src(random.percent(85) ? std::min(inp, acc) : std::max(inp, acc), random);
    Indices weight(wgt, random);
    const uint64_t behind = random.percent(30) ? random.between(1, 4) : 0;
    const bool same = behind == 0 && random.percent(25);
    const bool feeds = random.percent(20);  // the next one's record, often
    for (uint64_t k = 0; k < count; ++k) {
      isa::MicroOp uop{dst.next(random), src.next(random), weight.next(random)};
      if (behind > 0 && k >= behind) uop.src = table.uops[table.uops.size() - behind].dst;
      if (same) uop.src = uop.dst;
      if (feeds && k > 0 && random.percent(50)) {
        table.uops.back().dst = static_cast<uint32_t>((uop.src + random.below(3)) % acc);
      }
      table.uops.push_back(uop);
    }
  }
  return table;
}

}  // namespace vta::fuzz
