#include "vta/sim/timed/fetch.h"

#include <algorithm>

#include "vta/isa/field.h"

namespace vta::sim::timed {

namespace {

constexpr uint64_t kBufferBeats = 64;

}  // namespace

Fetch::Fetch(const hw::Config& config, uint64_t address, std::span<const Plan> program,
             std::array<CommandQueue, 3>& queues, std::vector<uint64_t>& dispatched)
    : program_(program), queues_(queues), dispatched_(dispatched) {
  const auto beat = static_cast<uint64_t>(config.bus_bits / 8);
  const auto instruction = static_cast<uint64_t>(isa::Encoding(config).instruction_bytes());
  parts_ = std::max<uint64_t>(1, instruction / beat);
  slots_ = std::max<uint64_t>(1, beat / instruction);
  first_beat_ = address / beat;
  beats_ = (program.size() * instruction + beat - 1) / beat;
}

uint64_t Fetch::next_beats() const {
  const uint64_t to_boundary = kBurstBeats - (first_beat_ + pushes_.size()) % kBurstBeats;
  return std::min(beats_ - pushes_.size(), to_boundary);
}

// A credit of a beat popped at t counts from t + 1.
void Fetch::update_request(Cycle earliest) {
  request_ = kUnknown;
  if (pushes_.size() == beats_) return;
  const uint64_t after = pushes_.size() + next_beats();
  if (after <= kBufferBeats) {
    request_ = earliest;
  } else if (after - kBufferBeats <= pops_.size()) {
    request_ = std::max(earliest, pops_[after - kBufferBeats - 1] + 1);
  }
}

void Fetch::grant(Cycle t, ReadChannel& channel) {
  const uint64_t beats = next_beats();
  const auto delivery = channel.grant(t, beats);
  const Cycle first = delivery.first();
  Cycle at = first;
  for (uint64_t k = 0; k < beats; ++k) {
    at = std::max(at + (k > 0 ? 1 : 0), delivery.read.ready(k));
    pushes_.push_back(at);
  }
  channel.delivered(at);
  channel.note_other(first, at);
  dispatch();
  update_request(t + 1);
}

void Fetch::pop(Cycle t) {
  pops_.push_back(t);
}

// Pops beats up to the last one of the next instruction; false when that is not known yet.
bool Fetch::gather() {
  while (!is_whole_) {
    Cycle there = last_dispatch_ + 1;
    if (part_ == 0 || parts_ > 1) {
      const size_t beat = pops_.size();
      if (beat == pushes_.size()) return false;
      there = pushes_[beat] + 2;
      if (beat > 0) there = std::max(there, pops_[beat - 1] + 1);
    }
    is_whole_ = parts_ == 1 || part_ + 1 == parts_;
    whole_ = there;
    if (!is_whole_) {
      pop(there);
      ++part_;
    }
  }
  return true;
}

void Fetch::dispatch() {
  while (!is_done() && gather()) {
    CommandQueue& queue = queues_[static_cast<size_t>(program_[dispatched_.size()].unit)];
    const Cycle room = queue.room();
    if (!is_known(room)) break;
    const Cycle t = std::max(whole_, room);
    queue.push(t);
    queue_full_ += t - whole_;
    last_dispatch_ = t;
    dispatched_.push_back(t);
    is_whole_ = false;
    if (parts_ > 1) {
      part_ = 0;
      pop(t);
    } else {
      ++part_;
      if (part_ == slots_ || is_done()) {
        part_ = 0;
        pop(t);
      }
    }
  }
  if (!is_known(request_)) update_request(0);
}

Causes Fetch::causes(Cycle finish) const {
  Causes causes;
  const uint64_t dispatches = program_.size();
  causes.add(Cause::kWorking, dispatches);
  causes.add(Cause::kQueueFull, queue_full_);
  causes.add(Cause::kDmaLatency, last_dispatch_ + 1 - dispatches - queue_full_);
  causes.add(Cause::kDrained, finish - last_dispatch_);
  return causes;
}

}  // namespace vta::sim::timed
