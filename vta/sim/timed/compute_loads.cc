#include "vta/sim/timed/compute_loads.h"

#include <algorithm>
#include <bit>

namespace vta::sim::timed {

namespace {

constexpr uint64_t kBufferBeats = 64;

}  // namespace

ComputeLoads::ComputeLoads(const hw::Config& config)
    : beat_shift_(std::countr_zero(static_cast<unsigned>(config.bus_bits / 8))),
      descriptors_(static_cast<size_t>(config.descriptors)) {}

Cycle ComputeLoads::room() const {
  if (actives_.size() < descriptors_) return issue_idle_;
  return std::max(issue_idle_, actives_[actives_.size() - descriptors_]);
}

Cycle ComputeLoads::permits(const UopRange& uops) const {
  const Cycle permitted = std::max(acc_complete_ + 1, uop_bounded_);
  return hull_.overlaps(uops) ? std::max(permitted, uop_complete_ + 1) : permitted;
}

void ComputeLoads::start(Cycle t, const Plan& plan, Cycle gate) {
  is_uop_ = plan.is_uop_load;
  if (is_uop_) {
    uop_bounded_ = t + 2;
    if (uop_complete_ < t) {
      hull_ = plan.uops;
    } else {
      hull_ = {std::min(hull_.begin, plan.uops.begin), std::max(hull_.end, plan.uops.end)};
    }
  }
  const Cycle active = std::max(t + 3, complete_ + 1);
  actives_.push_back(active);
  const Cycle open = std::max(active, gate);
  data_from_ = open + plan.pad_cycles;
  if (plan.pad_cycles > 0) {
    records_.push_back({Consumption(open, plan.pad_cycles), beats_granted_, 0});
  }
  if (plan.transfer.moves()) {
    bursts_ = Bursts(plan.transfer, beat_shift_);
    issue_idle_ = complete_ = kUnknown;
    update_request(t + 2);
  } else {
    issue_idle_ = t + 2;
    complete_ = std::max(open + 1, data_from_) - 1;
  }
  (is_uop_ ? uop_complete_ : acc_complete_) = complete_;
}

bool ComputeLoads::grant(Cycle t, ReadChannel& channel) {
  const Burst& burst = bursts_.front();
  const auto delivery = channel.grant(t, burst.beats);
  const Cycle first = delivery.first();
  const Cycle last = Consumption({.beats = burst.beats}, delivery.read, 0, delivery.from).last();
  channel.delivered(last);
  channel.note_other(first, last);

  constexpr Cycle kThroughBuffer = 2;
  const Cycle from = std::max({last_pop_ + 1, data_from_, first + kThroughBuffer});
  records_.push_back(
      {Consumption(burst, delivery.read, kThroughBuffer, from), beats_granted_, burst.beats});
  last_pop_ = records_.back().consumption.last();
  beats_granted_ += burst.beats;
  bursts_.pop();
  if (!bursts_.done()) {
    update_request(t + 1);
    return false;
  }
  request_ = kUnknown;
  issue_idle_ = t + 1;
  complete_ = last_pop_;
  (is_uop_ ? uop_complete_ : acc_complete_) = complete_;
  return true;
}

// Beats popped at t are credits from t + 1 on.
void ComputeLoads::update_request(Cycle earliest) {
  const uint64_t after = beats_granted_ + bursts_.front().beats;
  request_ = earliest;
  if (after > kBufferBeats) request_ = std::max(earliest, popped(after - kBufferBeats - 1) + 1);
}

Cycle ComputeLoads::popped(uint64_t beat) {
  const auto ends_before = [&](const Record& r) { return r.beats_before + r.beats <= beat; };
  while (oldest_in_buffer_ < records_.size() && ends_before(records_[oldest_in_buffer_])) {
    ++oldest_in_buffer_;
  }
  const Record& record = records_[oldest_in_buffer_];
  return record.consumption.done(beat - record.beats_before);
}

uint64_t ComputeLoads::consumed(Cycle begin, Cycle end) const {
  uint64_t cycles = 0;
  for (const Record& record : records_) {
    if (record.consumption.first() >= end) break;
    cycles += record.consumption.cycles_before(end) - record.consumption.cycles_before(begin);
  }
  return cycles;
}

void ComputeLoads::forget(Cycle before) {
  const auto is_needed = [&](const Record& r) {
    return r.consumption.last() >= before ||
           r.beats_before + r.beats + kBufferBeats > beats_granted_;
  };
  while (!records_.empty() && !is_needed(records_.front())) {
    records_.pop_front();
    if (oldest_in_buffer_ > 0) --oldest_in_buffer_;
  }
}

}  // namespace vta::sim::timed
