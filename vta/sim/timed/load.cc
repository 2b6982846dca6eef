#include "vta/sim/timed/load.h"

#include <algorithm>
#include <bit>

namespace vta::sim::timed {

namespace {

uint64_t overlap(Cycle begin, Cycle end, const ReadChannel::Interval& other) {
  const Cycle from = std::max(begin, other.first);
  const Cycle to = std::min(end, other.last + 1);
  return to > from ? to - from : 0;
}

}  // namespace

Load::Load(const hw::Config& config, CommandQueue& queue, TokenQueue& from_compute,
           TokenQueue& to_compute, std::vector<InstructionTime>& times)
    : beat_shift_(std::countr_zero(static_cast<unsigned>(config.bus_bits / 8))),
      descriptors_(static_cast<size_t>(config.descriptors)),
      queue_(queue),
      from_compute_(from_compute),
      to_compute_(to_compute),
      times_(times) {}

Cycle Load::next_start() const {
  Cycle t = std::max(queue_.visible(), issue_idle_);
  if (!is_known(t)) return kUnknown;
  if (queue_.head().pop_next) t = std::max(t, from_compute_.there());
  // The descriptor leaves its FIFO in the cycle before it is active.
  if (actives_.size() >= descriptors_) t = std::max(t, actives_[actives_.size() - descriptors_]);
  return t;
}

void Load::start(Cycle t) {
  plan_ = &queue_.head();
  if (t > complete_) {
    const Cycle visible = std::clamp(queue_.visible(), idle_from_, t);
    causes_.add(Cause::kIssue, visible - complete_);
    causes_.add(Cause::kTokenNext, t - visible);
  }
  queue_.start(t);
  times_[plan_->index].start = t;
  if (plan_->pop_next) from_compute_.pop(t);

  active_ = std::max(t + 3, complete_);
  causes_.add(Cause::kIssue, active_ - std::max(t, complete_));
  actives_.push_back(active_);
  pads_end_ = active_ + plan_->pad_cycles;
  first_beat_ = kUnknown;
  data_cycles_ = 0;
  if (plan_->transfer.moves()) {
    bursts_ = Bursts(plan_->transfer, beat_shift_);
    request_ = t + 2;
    issue_idle_ = kUnknown;
  } else {
    issue_idle_ = t + 2;
    if (plan_->pad_cycles == 0) {
      complete(active_ + 1, active_ + 1, 0);
    } else {
      complete(pads_end_, pads_end_, 0);
    }
  }
}

void Load::grant(Cycle t, ReadChannel& channel) {
  const auto delivery = channel.grant(t, bursts_.front().beats);
  const Consumption data(bursts_.front(), delivery.read, 0, std::max(delivery.from, active_));
  channel.delivered(data.last());
  first_beat_ = std::min(first_beat_, data.first());
  data_cycles_ += data.cycles() - data.cycles_before(pads_end_);
  bursts_.pop();
  request_ = t + 1;
  if (bursts_.done()) {
    request_ = kUnknown;
    issue_idle_ = t + 1;
    complete(first_beat_, data.last() + 1, data_cycles_);
  }
}

// Data are consumed from data_begin to before data_end, in `data_cycles` cycles after the padding.
void Load::complete(Cycle data_begin, Cycle data_end, uint64_t data_cycles) {
  complete_ = std::max(data_end, pads_end_);
  idle_from_ = complete_ + 1;
  const Wait wait{pads_end_, std::max(data_begin, pads_end_), complete_};
  causes_.add(Cause::kWorking, plan_->pad_cycles + data_cycles);
  causes_.add(Cause::kDmaLatency, wait.first_beat - wait.from);
  causes_.add(Cause::kDmaBandwidth, wait.end - wait.first_beat - data_cycles);
  if (wait.from < wait.end) waits_.push_back(wait);
  times_[plan_->index].end = complete_;
  if (plan_->push_next) to_compute_.push(complete_, plan_->index);
}

Causes Load::causes(Cycle finish, Cycle dispatched, const ReadChannel& channel) const {
  Causes causes = causes_;
  const Cycle drained = std::clamp(dispatched + 1, idle_from_, finish + 1);
  causes.add(Cause::kIssue, drained - complete_);
  causes.add(Cause::kDrained, finish + 1 - drained);
  count_arbitration(causes, channel);
  return causes;
}

// While a burst of another unit is delivered, no data come: what was counted as waiting for them is
// waiting for the other unit.
void Load::count_arbitration(Causes& causes, const ReadChannel& channel) const {
  auto other = channel.others().begin();
  for (const Wait& wait : waits_) {
    while (other != channel.others().end() && other->last < wait.from) ++other;
    for (auto it = other; it != channel.others().end() && it->first < wait.end; ++it) {
      causes.move(Cause::kDmaLatency, Cause::kArbitration,
                  overlap(wait.from, wait.first_beat, *it));
      causes.move(Cause::kDmaBandwidth, Cause::kArbitration,
                  overlap(wait.first_beat, wait.end, *it));
    }
  }
}

}  // namespace vta::sim::timed
