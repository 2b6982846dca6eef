#include "vta/sim/timed/exec.h"

#include <algorithm>
#include <bit>

namespace vta::sim::timed {

Exec::Exec(const hw::Config& config) : write_delay_(RequantiseModel(config).write_delay()) {
  // Index, operands and products, then the adders' registers, two levels each.
  const int levels = std::countr_zero(static_cast<unsigned>(config.block_in));
  pipeline_ = 6 + static_cast<uint64_t>((levels + 1) / 2);
}

bool Exec::reads_at(Cycle t, const UopRange& range) const {
  return std::ranges::any_of(
      slots_, [&](const Slot& slot) { return slot.last >= t && slot.uops.overlaps(range); });
}

Exec::Times Exec::start(Cycle t, const Plan& plan) {
  Times times{};
  times.moves = std::max(t + 1, last_);
  if (plan.kind == Plan::Kind::kRequantise) {
    times.first = std::max(times.moves, array_finish_) + 1;
    times = issue_requantise(times, plan.acceptance);
    requantise_finish_ = times.finish;
  } else {
    times.first = std::max(times.moves, requantise_finish_) + 1;
    times.last = times.first + plan.slots - 1;
    times.finish = times.last + pipeline_;
    array_finish_ = times.finish;
  }
  next_free_ = times.moves;
  last_ = times.last;
  slots_ = {slots_[1], {plan.uops, times.last}};
  return times;
}

// The stages S0 to S2 stand still while S2 holds a micro-op that is not accepted: micro-op k enters
// S2 in the cycle after k - 1 is accepted, and leaves S0 in the one in which k - 2 is.
Exec::Times Exec::issue_requantise(Times times, const Acceptance& acceptance) {
  constexpr uint64_t kRecordCycles = 3;
  const Cycle leaves_s0 = not_stalled(times.first);
  const Cycle leaves_s1 = not_stalled(leaves_s0 + 1);
  const Cycle accepted = std::max(leaves_s1, requantise_finish_) + 1 + kRecordCycles;
  const Cycle last = accepted + acceptance.last;
  const Cycle before_last = accepted + acceptance.before_last;
  switch (acceptance.micro_ops) {
    case 1:
      times.last = leaves_s0;
      stalls_ = {stalls_[1], {leaves_s1 + 1, last}};
      break;
    case 2:
      times.last = leaves_s1;
      stalls_ = {{{leaves_s1 + 1, before_last}, {before_last + 1, last}}};
      break;
    default:
      times.last = accepted + acceptance.before_that;
      stalls_ = {{{times.last + 1, before_last}, {before_last + 1, last}}};
      break;
  }
  times.finish = last + write_delay_;
  return times;
}

Cycle Exec::not_stalled(Cycle t) const {
  for (const Stall& stall : stalls_) {
    if (t >= stall.from && t < stall.until) t = stall.until;
  }
  return t;
}

}  // namespace vta::sim::timed
