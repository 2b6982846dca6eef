// Command and token queues, as times: of what was pushed, and of what was taken.
#pragma once

#include <algorithm>
#include <vector>

#include "vta/sim/timed/cycle.h"
#include "vta/sim/timed/plan.h"

namespace vta::sim::timed {

// The command queue of a unit: a RAM FIFO. It knows from the beginning what will come.
class CommandQueue {
 public:
  explicit CommandQueue(size_t depth) : depth_(depth) {}

  void append(const Plan* plan) { plans_.push_back(plan); }

  // From when on fetch can push the next one.
  Cycle room() const {
    if (pushes_.size() < depth_) return 0;
    const size_t before = pushes_.size() - depth_;
    return before < starts_.size() ? starts_[before] + 1 : kUnknown;
  }
  void push(Cycle t) { pushes_.push_back(t); }

  const Plan& head() const { return *plans_[starts_.size()]; }
  // From when on the head is there.
  Cycle visible() const {
    if (starts_.size() == pushes_.size()) return kUnknown;
    const Cycle pushed = pushes_[starts_.size()] + 2;
    return starts_.empty() ? pushed : std::max(pushed, starts_.back() + 1);
  }
  void start(Cycle t) { starts_.push_back(t); }
  size_t started() const { return starts_.size(); }
  bool all_started() const { return starts_.size() == plans_.size(); }

 private:
  size_t depth_;
  std::vector<const Plan*> plans_;
  std::vector<Cycle> pushes_;
  std::vector<Cycle> starts_;
};

class TokenQueue {
 public:
  void push(Cycle t, uint32_t giver) { pushes_.push_back({t, giver}); }
  // From when on the next token can be taken.
  Cycle there() const {
    return pops_.size() < pushes_.size() ? pushes_[pops_.size()].at + 1 : kUnknown;
  }
  void pop(Cycle t) { pops_.push_back(t); }

  // The first push to a full queue: its time and who gave it; kUnknown if there was none.
  struct Push {
    Cycle at = kUnknown;
    uint32_t giver = 0;  // index in the program
  };
  Push overflow(size_t depth) const {
    for (size_t n = depth; n < pushes_.size(); ++n) {
      if (n - depth >= pops_.size() || pops_[n - depth] >= pushes_[n].at) return pushes_[n];
    }
    return {};
  }

 private:
  std::vector<Push> pushes_;
  std::vector<Cycle> pops_;
};

}  // namespace vta::sim::timed
