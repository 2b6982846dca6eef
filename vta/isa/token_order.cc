// Runs one schedule of the program's tokens, without its data, and keeps two clocks for each
// instruction: `before` follows tokens alone; `forced` also counts that fetch is in order and waits
// for room in the command queues, which bounds how far one unit runs ahead of another.
//
// An instruction leaves its queue when it has its tokens, not when it is done. Here it does both at
// once, which changes neither clock's meaning: what has begun needs nothing more to end, so whoever
// waits for it waits no longer than here; and `forced` counts tokens taken, which is at the begin.
#include "vta/isa/token_order.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "vta/isa/findings.h"

namespace vta::isa {

namespace {

size_t number(Unit unit) {
  return static_cast<size_t>(unit);
}

void raise(Clock& clock, const Clock& other) {
  for (size_t u = 0; u < kUnits; ++u) clock[u] = std::max(clock[u], other[u]);
}

class Schedule {
 public:
  Schedule(const Program& program, CheckReport& report)
      : program_(program), report_(report), forced_(program.instructions.size()) {
    const size_t count = program.instructions.size();
    order_.before.resize(count);
    for (uint32_t i = 0; i < count; ++i) {
      const Unit unit = unit_of(program.instructions[i]);
      auto& list = order_.of_unit[number(unit)];
      order_.unit.push_back(unit);
      order_.position.push_back(static_cast<uint32_t>(list.size()));
      list.push_back(i);
    }
    count_pops();
  }

  TokenOrder run() {
    bool moved = true;
    while (moved) {
      moved = fetch();
      for (size_t u = 0; u < kUnits; ++u) {
        while (can_execute(u)) {
          execute(u);
          moved = true;
        }
      }
    }
    for (const auto& queue : queues_) report_.tokens += queue.popped;
    if (is_finished()) {
      report_leftovers();
    } else {
      report_deadlock();
    }
    return std::move(order_);
  }

 private:
  struct Queue {
    std::vector<uint32_t> pushed;       // the instruction that pushed each token
    uint32_t popped = 0;                // of them
    std::vector<uint32_t> pops_before;  // by position in the consumer's order
    bool overflowed = false;
  };

  void count_pops() {
    for (size_t q = 0; q < kQueues; ++q) {
      auto& counts = queues_[q].pops_before;
      counts.push_back(0);
      for (const uint32_t i : order_.of_unit[number(kTokenQueues[q].to)]) {
        counts.push_back(counts.back() + (pops(program_.instructions[i], q) ? 1 : 0));
      }
    }
  }

  // Hands instructions to their units' command queues while there is room.
  bool fetch() {
    bool moved = false;
    for (; fetched_ < program_.instructions.size(); ++fetched_) {
      const size_t u = number(order_.unit[fetched_]);
      if (in_queue_[u] == command_depth_) break;
      // Room came when the instruction that many places earlier began.
      if (order_.position[fetched_] >= command_depth_) {
        const uint32_t place = order_.position[fetched_] - command_depth_;
        raise(fetch_clock_, after(order_.of_unit[u][place], forced_));
      }
      forced_[fetched_] = fetch_clock_;
      ++in_queue_[u];
      moved = true;
    }
    return moved;
  }

  bool can_execute(size_t u) const {
    if (in_queue_[u] == 0) return false;
    const Instruction& i = program_.instructions[head(u)];
    for (size_t q = 0; q < kQueues; ++q) {
      if (pops(i, q) && queues_[q].popped == queues_[q].pushed.size()) return false;
    }
    return true;
  }

  uint32_t head(size_t u) const { return order_.of_unit[u][order_.executed[u]]; }

  // What is done once `instruction` is.
  Clock after(uint32_t instruction, const std::vector<Clock>& clocks) const {
    Clock clock = clocks[instruction];
    clock[number(order_.unit[instruction])] = order_.position[instruction] + 1;
    return clock;
  }

  void execute(size_t u) {
    const uint32_t index = head(u);
    const Instruction& i = program_.instructions[index];
    if (order_.executed[u] > 0) follow(index, order_.of_unit[u][order_.executed[u] - 1]);
    for (size_t q = 0; q < kQueues; ++q) {
      if (pops(i, q)) follow(index, queues_[q].pushed[queues_[q].popped++]);
    }
    for (size_t q = 0; q < kQueues; ++q) {
      if (pushes(i, q)) push(index, q);
    }
    ++order_.executed[u];
    --in_queue_[u];
  }

  void follow(uint32_t index, uint32_t earlier) {
    raise(order_.before[index], after(earlier, order_.before));
    raise(forced_[index], after(earlier, forced_));
  }

  // The fullest the queue can be: the consumer has done only what it must have before this push.
  void push(uint32_t index, size_t q) {
    Queue& queue = queues_[q];
    queue.pushed.push_back(index);
    const uint32_t done = forced_[index][number(kTokenQueues[q].to)];
    const uint64_t tokens = queue.pushed.size() - queue.pops_before[done];
    report_.deepest[q] = std::max(report_.deepest[q], tokens);
    if (tokens <= token_depth_ || queue.overflowed) return;
    queue.overflowed = true;
    add_error(
        report_, program_, index, "overflow", std::string(kTokenQueues[q].name), tokens,
        fmt::format("pushes token {} into {}, which holds {}, where {} has not popped yet", tokens,
                    kTokenQueues[q].name, token_depth_, unit_name(kTokenQueues[q].to)));
  }

  bool is_finished() const {
    for (size_t u = 0; u < kUnits; ++u) {
      if (order_.executed[u] < order_.of_unit[u].size()) return false;
    }
    return true;
  }

  void report_leftovers() {
    for (size_t q = 0; q < kQueues; ++q) {
      const uint64_t left = queues_[q].pushed.size() - queues_[q].popped;
      if (left == 0) continue;
      const uint32_t last = queues_[q].pushed.back();
      report_.warnings.push_back(
          {.kind = "leftover",
           .instructions = {last},
           .memory = std::string(kTokenQueues[q].name),
           .entry = left,
           .message = fmt::format("{} token{} left in {} at the end, the last from {}", left,
                                  left == 1 ? " is" : "s are", kTokenQueues[q].name,
                                  describe(program_, last))});
    }
  }

  void report_deadlock() {
    Finding finding{.kind = "deadlock", .instructions = {}, .memory = "", .message = "deadlock"};
    std::string_view separator = ": ";
    for (size_t u = 0; u < kUnits; ++u) {
      if (in_queue_[u] == 0) continue;
      std::vector<std::string_view> missing;
      for (size_t q = 0; q < kQueues; ++q) {
        if (!pops(program_.instructions[head(u)], q)) continue;
        if (queues_[q].popped < queues_[q].pushed.size()) continue;
        missing.push_back(kTokenQueues[q].name);
        finding.memory = kTokenQueues[q].name;
      }
      finding.instructions.push_back(head(u));
      finding.message += fmt::format("{}{} waits for a token of {}", separator,
                                     describe(program_, head(u)), fmt::join(missing, " and "));
      separator = "; ";
    }
    if (fetched_ < program_.instructions.size()) {
      finding.message += fmt::format("; fetch waits at {} for room among {} commands",
                                     short_name(program_, fetched_), command_depth_);
    }
    std::ranges::sort(finding.instructions);
    add_error(report_, std::move(finding));
  }

  const Program& program_;
  const uint32_t command_depth_ = static_cast<uint32_t>(program_.config.command_queue_depth);
  const uint64_t token_depth_ = static_cast<uint64_t>(program_.config.token_queue_depth);
  CheckReport& report_;
  TokenOrder order_;
  std::vector<Clock> forced_;
  Clock fetch_clock_{};
  std::array<Queue, kQueues> queues_;
  std::array<uint32_t, kUnits> in_queue_{};
  uint32_t fetched_ = 0;
};

}  // namespace

bool pops(const Instruction& i, size_t queue) {
  const Unit unit = unit_of(i);
  if (unit != kTokenQueues[queue].to) return false;
  return kTokenQueues[queue].from < unit ? i.pop_prev : i.pop_next;
}

bool pushes(const Instruction& i, size_t queue) {
  const Unit unit = unit_of(i);
  if (unit != kTokenQueues[queue].from) return false;
  return kTokenQueues[queue].to < unit ? i.push_prev : i.push_next;
}

TokenOrder order_by_tokens(const Program& program, CheckReport& report) {
  return Schedule(program, report).run();
}

}  // namespace vta::isa
