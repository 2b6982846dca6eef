// The compute unit's LOADs, of uop and acc: their DMA, and the data side, which consumes beats from
// a buffer when the gate is open.
#pragma once

#include <deque>
#include <vector>

#include "vta/sim/timed/consumption.h"
#include "vta/sim/timed/cycle.h"
#include "vta/sim/timed/plan.h"
#include "vta/sim/timed/read_channel.h"

namespace vta::sim::timed {

class ComputeLoads {
 public:
  explicit ComputeLoads(const hw::Config& config);

  // From when on the DMA takes another one.
  Cycle room() const;
  // From when on no load in flight keeps an instruction from running that reads the micro-ops.
  Cycle permits(const UopRange& uops) const;

  // Starts one whose gate opens at `gate`.
  void start(Cycle t, const Plan& plan, Cycle gate);
  Cycle request() const { return request_; }
  // True when with it the completion of the load is known.
  bool grant(Cycle t, ReadChannel& channel);

  // The last cycle of the load started last, kUnknown while it is; 0 before there is one.
  Cycle complete() const { return complete_; }

  // Cycles of [begin, end) in which something is consumed or padded; of later calls `begin` is not
  // smaller, nor is that of forget().
  uint64_t consumed(Cycle begin, Cycle end) const;
  void forget(Cycle before);

 private:
  struct Record {
    Consumption consumption;
    uint64_t beats_before;
    uint64_t beats;
  };

  void update_request(Cycle earliest);
  Cycle popped(uint64_t beat);

  int beat_shift_;
  size_t descriptors_;
  Bursts bursts_;
  bool is_uop_ = false;
  Cycle request_ = kUnknown;
  Cycle issue_idle_ = 0;
  std::vector<Cycle> actives_;
  Cycle data_from_ = 0;
  Cycle last_pop_ = 0;
  Cycle complete_ = 0;
  Cycle acc_complete_ = 0;  // of the last one of acc, of uop
  Cycle uop_complete_ = 0;
  Cycle uop_bounded_ = 0;  // from when on it is known what the last one of uop writes
  UopRange hull_;          // of the loads of uop since none was in flight
  uint64_t beats_granted_ = 0;
  std::deque<Record> records_;
  size_t oldest_in_buffer_ = 0;  // records before it have left the buffer
};

}  // namespace vta::sim::timed
