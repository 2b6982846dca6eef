#include "vta/sim/timed/compute.h"

#include <algorithm>

namespace vta::sim::timed {

Compute::Compute(const hw::Config& config, CommandQueue& queue, Tokens tokens,
                 std::vector<InstructionTime>& times)
    : in_flight_(2 * static_cast<size_t>(config.descriptors)),
      queue_(queue),
      tokens_(tokens),
      times_(times),
      exec_(config),
      loads_(config) {}

Cycle Compute::tokens_there(const Plan& plan) const {
  return std::max(plan.pop_prev ? tokens_.from_load.there() : 0,
                  plan.pop_next ? tokens_.from_store.there() : 0);
}

Cycle Compute::next_start(Cycle others_idle) const {
  Cycle t = queue_.visible();
  if (!is_known(t)) return kUnknown;
  const Plan& plan = queue_.head();
  t = std::max(t, tokens_there(plan));
  if (completions_.size() >= in_flight_) {
    const size_t oldest = completions_.size() - in_flight_;
    t = std::max(t, oldest < ends_.size() ? ends_[oldest] + 1 : kUnknown);
  }
  switch (plan.kind) {
    case Plan::Kind::kLoad:
      return std::max(t, loads_.room());
    case Plan::Kind::kFinish:
      if (ends_.size() < completions_.size()) return kUnknown;
      return std::max({t, others_idle, ends_.empty() ? 0 : ends_.back() + 1});
    default:
      return std::max({t, exec_.next_free(), loads_.permits(plan.uops)});
  }
}

void Compute::start(Cycle t, Cycle dispatched) {
  const Plan& plan = queue_.head();
  wait(t, dispatched);
  queue_.start(t);
  times_[plan.index].start = t;
  if (plan.pop_prev) tokens_.from_load.pop(t);
  if (plan.pop_next) tokens_.from_store.pop(t);

  if (plan.kind == Plan::Kind::kFinish) {
    times_[plan.index].end = t;
    finished_ = true;
    issue_until(t + 1);
  } else if (plan.kind == Plan::Kind::kLoad) {
    const bool gated = !plan.is_uop_load || exec_.reads_at(t + 1, plan.uops);
    loads_.start(t, plan, gated ? exec_.finish() + 1 : 0);
    loading_ = completions_.size();
    completions_.push_back({&plan, loads_.complete()});
    issue_until(t + 1);
  } else {
    const Exec::Times times = exec_.start(t, plan);
    completions_.push_back({&plan, times.finish});
    issue_until(times.moves + 1);
    causes_.add(Cause::kPipeline, times.first - accounted_);
    causes_.add(Cause::kWorking, times.last + 1 - times.first);
    accounted_ = times.last + 1;
  }
  loads_.forget(accounted_);
  end_all();
}

bool Compute::grant(Cycle t, ReadChannel& channel) {
  if (!loads_.grant(t, channel)) return false;
  completions_[loading_].finish = loads_.complete();
  end_all();
  return true;
}

void Compute::end_all() {
  while (ends_.size() < completions_.size()) {
    const auto& [plan, finish] = completions_[ends_.size()];
    if (!is_known(finish)) return;
    const Cycle t = std::max(finish, ends_.empty() ? 0 : ends_.back()) + 1;
    ends_.push_back(t);
    times_[plan->index].end = t;
    if (plan->push_prev) tokens_.to_load.push(t, plan->index);
    if (plan->push_next) tokens_.to_store.push(t, plan->index);
  }
}

void Compute::issue_until(Cycle t) {
  if (t <= accounted_) return;
  causes_.add(Cause::kIssue, t - accounted_);
  accounted_ = t;
}

// Causes of the cycles to before t in which no instruction issues.
void Compute::wait(Cycle t, Cycle dispatched) {
  if (t <= accounted_) return;
  const Cycle visible = std::clamp(queue_.visible(), accounted_, t);
  wait_for_command(accounted_, visible, dispatched);
  wait_visibly(visible, t);
  accounted_ = t;
}

void Compute::wait_for_command(Cycle begin, Cycle end, Cycle dispatched) {
  const auto until = [&](Cycle last, Cause cause) {
    const Cycle next = std::clamp(last + 1, begin, end);
    causes_.add(cause, next - begin);
    begin = next;
  };
  if (exec_.finish() > 0) until(exec_.finish(), Cause::kPipeline);
  if (loads_.complete() > 0) until(loads_.complete(), Cause::kDmaLatency);
  until(dispatched, Cause::kIssue);
  causes_.add(Cause::kDrained, end - begin);
}

void Compute::wait_visibly(Cycle begin, Cycle end) {
  const Plan& plan = queue_.head();
  const auto until = [&](Cycle t, Cause cause) {
    const Cycle next = std::clamp(t, begin, end);
    causes_.add(cause, next - begin);
    begin = next;
  };
  if (plan.pop_prev) until(tokens_.from_load.there(), Cause::kTokenPrev);
  if (plan.pop_next) until(tokens_.from_store.there(), Cause::kTokenNext);
  if (plan.kind == Plan::Kind::kFinish) {
    until(end, Cause::kDrained);
  } else if (plan.kind != Plan::Kind::kLoad) {
    const Cycle permitted = std::clamp(loads_.permits(plan.uops), begin, end);
    const uint64_t consumed = loads_.consumed(begin, permitted);
    causes_.add(Cause::kDmaBandwidth, consumed);
    causes_.add(Cause::kDmaLatency, permitted - begin - consumed);
    begin = permitted;
  }
  until(end, Cause::kIssue);
}

}  // namespace vta::sim::timed
