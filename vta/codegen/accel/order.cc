// A task's clock says how many tasks of each unit are known to be done before it begins: those
// before the one that precedes it in its unit, and before each one whose token it takes. A token is
// given only for what the clock does not say already. Load and store units have no queue between
// them: what one needs of the other goes through a step of the compute unit.
#include "vta/codegen/accel/order.h"

#include <algorithm>
#include <map>

namespace vta::codegen::accel {

namespace {

constexpr auto kLoad = static_cast<size_t>(isa::Unit::kLoad);
constexpr auto kCompute = static_cast<size_t>(isa::Unit::kCompute);
constexpr auto kStore = static_cast<size_t>(isa::Unit::kStore);

// What steps must wait for beside their conflicts, so that no queue overflows: by task, and whether
// it is the step before the task that carries its token.
using Extra = std::map<std::pair<size_t, bool>, Clock>;

class Pass {
 public:
  Pass(const std::vector<Task>& tasks, const hw::Config& config, const Extra& extra)
      : tasks_(tasks), conflicts_(tasks, config), extra_(extra) {
    steps_.reserve(tasks.size());
  }

  std::vector<Step> run() {
    for (size_t i = 0; i < tasks_.size(); ++i) add(i);
    return std::move(steps_);
  }

  // Adds to `extra` what keeps the queues below `depth` tokens; false where they are.
  bool add_limits(uint32_t depth, Extra& extra) const {
    bool added = false;
    for (const auto& [from, to] : {std::pair(kLoad, kCompute), std::pair(kCompute, kLoad),
                                   std::pair(kCompute, kStore), std::pair(kStore, kCompute)}) {
      const std::vector<Token>& tokens = tokens_[from][to];
      for (size_t k = depth; k < tokens.size(); ++k) {
        const Done& producer = done_[from][tokens[k].producer - 1];
        const Token& earlier = tokens[k - depth];
        if (producer.before[to] > earlier.consumer) continue;
        added = true;
        const Done& consumer = done_[to][earlier.consumer];
        if (consumer.key < producer.key) {
          // The producer waits for a token to have been taken.
          uint32_t& need = extra[producer.key][to];
          need = std::max(need, earlier.consumer + 1);
        } else {
          // All of these come before any is taken: two become one.
          const size_t second = k % 2 == 1 ? k : k - 1;
          extra[done_[to][tokens[second - 1].consumer].key][from] = tokens[second].producer;
        }
      }
    }
    return added;
  }

 private:
  // A task of a unit: what is done before it begins, and which it is.
  struct Done {
    Clock before;
    std::pair<size_t, bool> key;
    size_t step;
  };
  struct Token {
    uint32_t producer;  // counted from 1 in its unit
    uint32_t consumer;  // counted from 0
  };

  void add(size_t task) {
    const auto unit = static_cast<size_t>(unit_of(tasks_[task]));
    Clock needed = conflicts_.add(tasks_[task], position(unit));
    const size_t opposite = unit == kLoad ? kStore : kLoad;
    if (unit != kCompute && needed[opposite] > clock_of(unit)[opposite]) {
      Clock through{};
      through[opposite] = needed[opposite];
      add_step(kCompute, std::nullopt, {task, false}, through);
      needed[kCompute] = position(kCompute);
    }
    if (unit != kCompute) needed[opposite] = 0;
    add_step(unit, task, {task, true}, needed);
  }

  uint32_t position(size_t unit) const { return static_cast<uint32_t>(done_[unit].size()); }

  // What is known to be done before a unit's next task begins.
  Clock clock_of(size_t unit) const { return after(unit, position(unit)); }
  // What is known to be done once the first `count` tasks of a unit are.
  Clock after(size_t unit, uint32_t count) const {
    Clock clock = count == 0 ? Clock{} : done_[unit][count - 1].before;
    clock[unit] = count;
    return clock;
  }

  void add_step(size_t unit, std::optional<size_t> task, std::pair<size_t, bool> key,
                Clock needed) {
    if (const auto more = extra_.find(key); more != extra_.end()) raise(needed, more->second);
    Step step{task, static_cast<isa::Unit>(unit), {}, {}};
    Clock clock = clock_of(unit);
    for (size_t from = 0; from < kUnits; ++from) {
      if (needed[from] <= clock[from] || is_implied_by_others(from, needed, clock)) continue;
      step.pops[from] = true;
      steps_[done_[from][needed[from] - 1].step].pushes[unit] = true;
      tokens_[from][unit].push_back({needed[from], position(unit)});
      raise(clock, after(from, needed[from]));
    }
    done_[unit].push_back({clock, key, steps_.size()});
    steps_.push_back(step);
  }

  // Whether a token of another unit that is needed too says as much.
  bool is_implied_by_others(size_t from, const Clock& needed, const Clock& clock) const {
    for (size_t other = from + 1; other < kUnits; ++other) {
      if (needed[other] > clock[other] && after(other, needed[other])[from] >= needed[from]) {
        return true;
      }
    }
    return false;
  }

  const std::vector<Task>& tasks_;
  Conflicts conflicts_;
  const Extra& extra_;
  std::vector<Step> steps_;
  std::array<std::vector<Done>, kUnits> done_;
  std::array<std::array<std::vector<Token>, kUnits>, kUnits> tokens_;
};

}  // namespace

std::vector<Step> order(const std::vector<Task>& tasks, const hw::Config& config) {
  // One place is left for the token that FINISH takes.
  const auto depth = static_cast<uint32_t>(std::max(1, config.token_queue_depth - 1));
  for (Extra extra;;) {
    Pass pass(tasks, config, extra);
    std::vector<Step> steps = pass.run();
    if (!pass.add_limits(depth, extra)) return steps;
  }
}

}  // namespace vta::codegen::accel
