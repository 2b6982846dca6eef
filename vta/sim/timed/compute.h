// The compute unit: starts in order, ends in order, and what it waited for.
#pragma once

#include <vector>

#include "vta/sim/timed/compute_loads.h"
#include "vta/sim/timed/cycle.h"
#include "vta/sim/timed/exec.h"
#include "vta/sim/timed/queues.h"

namespace vta::sim::timed {

class Compute {
 public:
  struct Tokens {
    TokenQueue& from_load;
    TokenQueue& from_store;
    TokenQueue& to_load;
    TokenQueue& to_store;
  };
  Compute(const hw::Config& config, CommandQueue& queue, Tokens tokens,
          std::vector<InstructionTime>& times);

  // When the next instruction starts. FINISH waits until the other units are idle, from
  // `others_idle` on.
  Cycle next_start(Cycle others_idle) const;
  // `dispatched` is the last dispatch of fetch, where it is known.
  void start(Cycle t, Cycle dispatched);

  Cycle request() const { return loads_.request(); }
  // True when with it the end of an instruction is known.
  bool grant(Cycle t, ReadChannel& channel);

  bool is_finished() const { return finished_; }
  const Causes& causes() const { return causes_; }

 private:
  struct Completion {
    const Plan* plan;
    Cycle finish;
  };

  Cycle tokens_there(const Plan& plan) const;
  void issue_until(Cycle t);
  void wait(Cycle t, Cycle dispatched);
  void wait_for_command(Cycle begin, Cycle end, Cycle dispatched);
  void wait_visibly(Cycle begin, Cycle end);
  void end_all();

  size_t in_flight_;  // instructions started and not ended
  CommandQueue& queue_;
  Tokens tokens_;
  std::vector<InstructionTime>& times_;
  Exec exec_;
  ComputeLoads loads_;
  std::vector<Completion> completions_;
  size_t loading_ = 0;       // the load started last, among them
  std::vector<Cycle> ends_;  // of those of the completions that are known
  Cycle accounted_ = 0;      // cycles before it have their cause
  Causes causes_;
  bool finished_ = false;
};

}  // namespace vta::sim::timed
