// Fetch: the program's bursts, and when each instruction goes to its unit's queue.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "vta/sim/timed/cycle.h"
#include "vta/sim/timed/queues.h"
#include "vta/sim/timed/read_channel.h"

namespace vta::sim::timed {

class Fetch {
 public:
  Fetch(const hw::Config& config, uint64_t address, std::span<const Plan> program,
        std::array<CommandQueue, 3>& queues, std::vector<uint64_t>& dispatched);

  // From when on the next burst is requested.
  Cycle request() const { return request_; }
  void grant(Cycle t, ReadChannel& channel);
  // Dispatches what can be: to be called when a unit has started an instruction.
  void dispatch();
  Cycle done_at() const { return is_done() ? last_dispatch_ : kUnknown; }  // the last dispatch

  Causes causes(Cycle finish) const;

 private:
  bool is_done() const { return dispatched_.size() == program_.size(); }
  uint64_t next_beats() const;
  void update_request(Cycle earliest);
  bool gather();
  void pop(Cycle t);

  std::span<const Plan> program_;
  std::array<CommandQueue, 3>& queues_;
  std::vector<uint64_t>& dispatched_;  // when
  uint64_t parts_;                     // beats of an instruction
  uint64_t slots_;                     // instructions of a beat
  uint64_t first_beat_;
  uint64_t beats_;

  Cycle request_ = 0;
  std::vector<Cycle> pushes_;  // by beat
  std::vector<Cycle> pops_;
  uint64_t part_ = 0;
  bool is_whole_ = false;
  Cycle whole_ = 0;  // when the next instruction is there
  Cycle last_dispatch_ = 0;
  uint64_t queue_full_ = 0;
};

}  // namespace vta::sim::timed
