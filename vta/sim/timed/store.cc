#include "vta/sim/timed/store.h"

#include <algorithm>
#include <bit>

#include "vta/sim/timed/read_channel.h"

namespace vta::sim::timed {

namespace {}  // namespace

Store::Store(const hw::Config& config, CommandQueue& queue, TokenQueue& from_compute,
             TokenQueue& to_compute, std::vector<InstructionTime>& times)
    : beat_shift_(std::countr_zero(static_cast<unsigned>(config.bus_bits / 8))),
      descriptors_(static_cast<size_t>(config.descriptors)),
      outstanding_bursts_(static_cast<size_t>(config.outstanding_bursts)),
      queue_(queue),
      from_compute_(from_compute),
      to_compute_(to_compute),
      times_(times) {}

Cycle Store::next_start() const {
  Cycle t = std::max(queue_.visible(), slot_free_);
  if (!is_known(t)) return kUnknown;
  if (queue_.head().pop_prev) t = std::max(t, from_compute_.there());
  if (queue_.started() >= descriptors_) {
    const size_t oldest = queue_.started() - descriptors_;
    t = std::max(t, oldest < ends_.size() ? ends_[oldest] + 1 : kUnknown);
  }
  return t;
}

void Store::start(Cycle t) {
  slot_ = &queue_.head();
  if (running_ == nullptr && t >= run_end_) {
    const Cycle acknowledged = acknowledged_from();
    const auto wait = [&](Cycle begin, Cycle end) {
      const Cycle next = std::clamp(acknowledged, begin, end);
      causes_.add(Cause::kDmaLatency, next - begin);
      causes_.add(Cause::kIssue, end - next);
    };
    const Cycle visible = std::clamp(queue_.visible(), run_end_, t + 1);
    const Cycle token = slot_->pop_prev ? std::clamp(from_compute_.there(), visible, t) : visible;
    wait(run_end_, visible);
    causes_.add(Cause::kTokenPrev, token - visible);
    wait(token, t + 1);
    run_end_ = t + 1;
  }
  queue_.start(t);
  times_[slot_->index].start = t;
  if (slot_->pop_prev) from_compute_.pop(t);
  slot_start_ = t;
  slot_free_ = kUnknown;
  run();
}

bool Store::write(MemoryTiming& memory) {
  const size_t ended = ends_.size();
  const Write write = writes_.front();
  writes_.pop_front();
  const Cycle earliest = responses_.empty() ? 0 : responses_.back() + 1;
  responses_.push_back(std::max(memory.write(write.at, write.beats), earliest));
  end_all();
  run();
  return ends_.size() > ended;
}

// As far as it is known when bursts can begin.
void Store::run() {
  for (;;) {
    if (running_ != nullptr && !run_bursts()) return;
    if (slot_ == nullptr) return;
    const Cycle begin = std::max(slot_start_ + 2, run_end_);
    causes_.add(Cause::kIssue, begin - run_end_);
    run_end_ = slot_free_ = begin;
    running_ = slot_;
    slot_ = nullptr;
    bursts_ = Bursts(running_->transfer, beat_shift_);
  }
}

// True when the instruction is through.
bool Store::run_bursts() {
  if (!running_->transfer.moves()) {
    causes_.add(Cause::kWorking, 1);
    ++run_end_;
  }
  while (!bursts_.done()) {
    Cycle first = run_end_;
    if (bursts_begun_ >= outstanding_bursts_) {
      const size_t oldest = bursts_begun_ - outstanding_bursts_;
      if (oldest >= responses_.size()) return false;
      first = std::max(first, responses_[oldest] + 1);
    }
    const uint64_t cycles = bursts_.front().cycles();
    causes_.add(Cause::kDmaBandwidth, first - run_end_);
    causes_.add(Cause::kWorking, cycles);
    run_end_ = first + cycles;
    constexpr Cycle kToHandshake = 2;  // from a beat's last element
    writes_.push_back({run_end_ - 1 + kToHandshake, bursts_.front().beats});
    ++bursts_begun_;
    bursts_.pop();
  }
  pending_.push_back({running_, run_end_ - 1, bursts_begun_});
  running_ = nullptr;
  end_all();
  return true;
}

void Store::end_all() {
  while (!pending_.empty() && pending_.front().bursts <= responses_.size()) {
    const Pending& head = pending_.front();
    Cycle t = head.last + 1;
    if (head.bursts > 0) t = std::max(t, responses_[head.bursts - 1] + 1);
    if (!ends_.empty()) t = std::max(t, ends_.back() + 1);
    ends_.push_back(t);
    times_[head.plan->index].end = t;
    if (head.plan->push_prev) to_compute_.push(t, head.plan->index);
    pending_.pop_front();
  }
}

Cycle Store::acknowledged_from() const {
  if (ends_.size() < queue_.started()) return kUnknown;
  return ends_.empty() ? 0 : ends_.back() + 1;
}

Cycle Store::idle() const {
  return queue_.all_started() ? acknowledged_from() : kUnknown;
}

Causes Store::causes(Cycle finish, Cycle dispatched) const {
  Causes causes = causes_;
  const Cycle acknowledged = std::clamp(acknowledged_from(), run_end_, finish + 1);
  const Cycle drained = std::clamp(dispatched + 1, acknowledged, finish + 1);
  causes.add(Cause::kDmaLatency, acknowledged - run_end_);
  causes.add(Cause::kIssue, drained - acknowledged);
  causes.add(Cause::kDrained, finish + 1 - drained);
  return causes;
}

}  // namespace vta::sim::timed
