#include "vta/sim/timed/machine.h"

#include <algorithm>
#include <array>

#include "vta/base/error.h"
#include "vta/sim/timed/compute.h"
#include "vta/sim/timed/fetch.h"
#include "vta/sim/timed/load.h"
#include "vta/sim/timed/queues.h"
#include "vta/sim/timed/read_channel.h"
#include "vta/sim/timed/store.h"

namespace vta::sim::timed {

namespace {

class Machine {
 public:
  Machine(const hw::Config& config, uint64_t address, std::span<const Plan> program)
      : token_depth_(static_cast<size_t>(config.token_queue_depth)),
        queues_{make_queues(config, program)},
        channel_(config),
        fetch_(config, address, program, queues_, timing_.dispatched),
        load_(config, queues_[0], compute_to_load_, load_to_compute_, timing_.instructions),
        compute_(config, queues_[1],
                 {.from_load = load_to_compute_,
                  .from_store = store_to_compute_,
                  .to_load = compute_to_load_,
                  .to_store = compute_to_store_},
                 timing_.instructions),
        store_(config, queues_[2], compute_to_store_, store_to_compute_, timing_.instructions) {
    timing_.instructions.resize(program.size());
  }

  Timing run() {
    while (!compute_.is_finished()) step();
    check_tokens();
    const Cycle finish = timing_.instructions.back().end;
    timing_.cycles = finish + 1;
    timing_.attribution = {
        fetch_.causes(finish).cycles(), load_.causes(finish, fetch_.done_at(), channel_).cycles(),
        compute_.causes().cycles(), store_.causes(finish, fetch_.done_at()).cycles()};
    return std::move(timing_);
  }

 private:
  static std::array<CommandQueue, 3> make_queues(const hw::Config& config,
                                                 std::span<const Plan> program) {
    const CommandQueue queue(static_cast<size_t>(config.command_queue_depth));
    std::array<CommandQueue, 3> queues = {queue, queue, queue};
    for (const Plan& plan : program) queues[static_cast<size_t>(plan.unit)].append(&plan);
    return queues;
  }

  // The next event. In one cycle a write comes before the grant of a read, which reaches the memory
  // a cycle later; the order of all else does not matter.
  void step() {
    const Cycle requests = std::min({fetch_.request(), compute_.request(), load_.request()});
    const Cycle grant = std::max(requests, channel_.room());
    const Cycle write = store_.next_write();
    const Cycle start = std::min({load_start_, compute_start_, store_start_});
    if (write <= grant && write <= start) {
      require(is_known(write), "the cycle-exact model stands still");
      if (store_.write(channel_.memory())) update_starts();
    } else if (grant <= start) {
      give(grant);
    } else {
      begin(start);
    }
  }

  // The first of those that request at t, in the order of priority.
  void give(Cycle t) {
    if (fetch_.request() <= t) {
      fetch_.grant(t, channel_);
      update_starts();
    } else if (compute_.request() <= t) {
      if (compute_.grant(t, channel_)) update_starts();
    } else {
      load_.grant(t, channel_);
      if (!is_known(load_.request())) update_starts();
    }
  }

  void begin(Cycle t) {
    if (load_start_ == t) {
      load_.start(t);
    } else if (compute_start_ == t) {
      compute_.start(t, fetch_.done_at());
    } else {
      store_.start(t);
    }
    fetch_.dispatch();
    update_starts();
  }

  void update_starts() {
    load_start_ = load_.next_start();
    store_start_ = store_.next_start();
    compute_start_ = compute_.next_start(std::max(load_.idle(), store_.idle()));
  }

  void check_tokens() const {
    using isa::Unit;
    struct Queue {
      const TokenQueue& tokens;
      Unit from;
      Unit to;
    };
    TokenQueue::Push first;
    TokenOverflow overflow{};
    for (const Queue& queue : {Queue{load_to_compute_, Unit::kLoad, Unit::kCompute},
                               Queue{compute_to_load_, Unit::kCompute, Unit::kLoad},
                               Queue{compute_to_store_, Unit::kCompute, Unit::kStore},
                               Queue{store_to_compute_, Unit::kStore, Unit::kCompute}}) {
      const TokenQueue::Push push = queue.tokens.overflow(token_depth_);
      if (push.at >= first.at) continue;
      first = push;
      overflow = {push.giver, queue.from, queue.to};
    }
    if (is_known(first.at)) throw overflow;
  }

  Timing timing_;
  size_t token_depth_;
  std::array<CommandQueue, 3> queues_;
  TokenQueue load_to_compute_, compute_to_load_, compute_to_store_, store_to_compute_;
  ReadChannel channel_;
  Fetch fetch_;
  Load load_;
  Compute compute_;
  Store store_;
  Cycle load_start_ = kUnknown;
  Cycle compute_start_ = kUnknown;
  Cycle store_start_ = kUnknown;
};

}  // namespace

Timing run(const hw::Config& config, uint64_t address, std::span<const Plan> program) {
  return Machine(config, address, program).run();
}

}  // namespace vta::sim::timed
