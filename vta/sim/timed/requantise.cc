#include "vta/sim/timed/requantise.h"

#include <algorithm>

#include "vta/sim/checks.h"

namespace vta::sim::timed {

RequantiseModel::RequantiseModel(const hw::Config& config)
    : cycles_(static_cast<uint64_t>(config.batch * config.block_out / config.requantise_lanes)),
      written_(static_cast<size_t>(config.depth(hw::Memory::kAcc))) {}

Acceptance RequantiseModel::acceptance(const isa::Instruction& i, const isa::MicroOp* uops) {
  constexpr uint64_t kRecord = 3;  // vectors, and cycles to read them
  Acceptance result;
  uint64_t last_dst = 0;
  uint64_t last_src = 0;
  // From here on times are counted from a cycle early enough that none is negative; 0 is never.
  const uint64_t origin = 1;
  uint64_t accepted = origin;
  std::fill(written_.begin(), written_.end(), 0);
  for_each_micro_op(i, uops, [&](const Indices& at) {
    if (result.micro_ops++ > 0) {
      const bool needs_record =
          at.src != last_src || (last_dst >= at.src && last_dst < at.src + kRecord);
      result.before_that = result.before_last;
      result.before_last = result.last;
      if (needs_record) {
        accepted += write_delay() + 1 + kRecord;
      } else {
        accepted = std::max(accepted + cycles_, written_[at.dst] + 1);
      }
      result.last = accepted - origin;
    }
    written_[at.dst] = accepted + write_delay();
    last_dst = at.dst;
    last_src = at.src;
  });
  return result;
}

}  // namespace vta::sim::timed
