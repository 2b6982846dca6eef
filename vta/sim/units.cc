#include "vta/sim/units.h"

#include <array>
#include <deque>
#include <random>

#include "vta/isa/assembly.h"
#include "vta/isa/program.h"

namespace vta::sim {

namespace {

using isa::Instruction;
using isa::Opcode;
using isa::Unit;

constexpr size_t kUnits = 3;

struct Command {
  uint64_t index;
  Instruction instruction;
};

std::string_view name_of(size_t unit) {
  return unit_name(static_cast<Unit>(unit));
}

// The four token queues, by the unit that takes from them.
struct Tokens {
  int64_t depth;
  std::array<int64_t, kUnits> from_prev{};
  std::array<int64_t, kUnits> from_next{};

  bool can_pop(const Instruction& i, size_t unit) const {
    return (!i.pop_prev || from_prev[unit] > 0) && (!i.pop_next || from_next[unit] > 0);
  }
  void pop(const Instruction& i, size_t unit) {
    if (i.pop_prev) --from_prev[unit];
    if (i.pop_next) --from_next[unit];
  }
  void push(const Site& site, size_t unit) {
    if (site.instruction.push_prev) push_one(site, from_next, unit, unit - 1);
    if (site.instruction.push_next) push_one(site, from_prev, unit, unit + 1);
  }

 private:
  void push_one(const Site& site, std::array<int64_t, kUnits>& queues, size_t from,
                size_t to) const {
    if (queues[to] == depth) {
      token_overflow(site, static_cast<Unit>(from), static_cast<Unit>(to), depth);
    }
    ++queues[to];
  }
};

// Reads the program in order into the units' command queues; waits while the next one's is full.
class Fetch {
 public:
  Fetch(const isa::Encoding& encoding, const Dram& dram, uint64_t address, uint64_t count)
      : encoding_(encoding),
        dram_(dram),
        depth_(static_cast<size_t>(encoding.config().command_queue_depth)),
        address_(address),
        count_(count) {
    check_program(encoding, dram, address, count);
    read(count - 1);
    read(0);
  }

  void advance(std::array<std::deque<Command>, kUnits>& queues) {
    while (next_.index < count_) {
      auto& queue = queues[static_cast<size_t>(unit_of(next_.instruction))];
      if (queue.size() == depth_) return;
      queue.push_back(next_);
      if (next_.index + 1 < count_) {
        read(next_.index + 1);
      } else {
        ++next_.index;
      }
    }
  }

  bool done() const { return next_.index == count_; }
  const Command& next() const { return next_; }

 private:
  void read(uint64_t index) {
    next_ = {index, fetch_instruction(encoding_, dram_, address_, count_, index)};
  }

  const isa::Encoding& encoding_;
  const Dram& dram_;
  size_t depth_;  // of a command queue
  uint64_t address_;
  uint64_t count_;
  Command next_{};
};

// Chooses among the units that could go on.
class Arbiter {
 public:
  explicit Arbiter(uint64_t seed) : seed_(seed), random_(seed) {
    // Uneven odds let one unit run far ahead of another, which even ones never would.
    constexpr std::array<uint64_t, 3> kWeights = {1, 8, 64};
    for (uint64_t& weight : weights_) weight = kWeights[random_() % kWeights.size()];
  }

  size_t choose(const std::array<const Command*, kUnits>& ready) {
    return seed_ == 0 ? earliest(ready) : draw(ready);
  }

 private:
  static size_t earliest(const std::array<const Command*, kUnits>& ready) {
    size_t best = kUnits;
    for (size_t unit = 0; unit < kUnits; ++unit) {
      if (ready[unit] == nullptr) continue;
      if (best == kUnits || ready[unit]->index < ready[best]->index) best = unit;
    }
    return best;
  }

  size_t draw(const std::array<const Command*, kUnits>& ready) {
    uint64_t total = 0;
    for (size_t unit = 0; unit < kUnits; ++unit) total += ready[unit] ? weights_[unit] : 0;
    uint64_t ticket = random_() % total;
    for (size_t unit = 0;; ++unit) {
      const uint64_t weight = ready[unit] ? weights_[unit] : 0;
      if (ticket < weight) return unit;
      ticket -= weight;
    }
  }

  uint64_t seed_;
  std::mt19937_64 random_;
  std::array<uint64_t, kUnits> weights_{};
};

class Machine {
 public:
  Machine(Fetch fetch, int token_depth, uint64_t seed)
      : fetch_(std::move(fetch)), arbiter_(seed), tokens_{.depth = token_depth} {}

  void run(const std::function<void(const Site&)>& execute) {
    for (;;) {
      fetch_.advance(queues_);
      const auto ready = ready_commands();
      if (ready == std::array<const Command*, kUnits>{}) {
        if (idle()) return;
        report_deadlock();
      }
      step(arbiter_.choose(ready), execute);
    }
  }

 private:
  std::array<const Command*, kUnits> ready_commands() const {
    std::array<const Command*, kUnits> ready{};
    for (size_t unit = 0; unit < kUnits; ++unit) {
      if (queues_[unit].empty()) continue;
      const Command& head = queues_[unit].front();
      if (tokens_.can_pop(head.instruction, unit)) ready[unit] = &head;
    }
    return ready;
  }

  // The instruction leaves its queue when it has its tokens and is done at once: what has begun
  // needs no other instruction to end, so which programs can go on is as if it ended later.
  void step(size_t unit, const std::function<void(const Site&)>& execute) {
    const Command& command = queues_[unit].front();
    const Site site{command.index, command.instruction};
    tokens_.pop(site.instruction, unit);
    execute(site);
    tokens_.push(site, unit);
    queues_[unit].pop_front();
  }

  bool idle() const {
    for (const auto& queue : queues_) {
      if (!queue.empty()) return false;
    }
    return fetch_.done();
  }

  [[noreturn]] void report_deadlock() const {
    std::string report;
    uint64_t first = UINT64_MAX;
    for (size_t unit = 0; unit < kUnits; ++unit) {
      if (queues_[unit].empty()) continue;
      const Command& head = queues_[unit].front();
      first = std::min(first, head.index);
      report +=
          fmt::format("{} {} waits at instruction {} ({}) for a token from {}",
                      report.empty() ? "deadlock:" : ";", name_of(unit), head.index,
                      isa::to_string(head.instruction), missing_source(head.instruction, unit));
    }
    if (!fetch_.done()) {
      report += fmt::format("; fetch waits at instruction {} for room in the {} queue",
                            fetch_.next().index, unit_name(unit_of(fetch_.next().instruction)));
    }
    throw Fault(first, report);
  }

  // The unit whose token `i`, which cannot go on, lacks; both where it lacks both.
  std::string missing_source(const Instruction& i, size_t unit) const {
    const bool lacks_prev = i.pop_prev && tokens_.from_prev[unit] == 0;
    const bool lacks_next = i.pop_next && tokens_.from_next[unit] == 0;
    if (lacks_prev && lacks_next) {
      return fmt::format("{} and one from {}", name_of(unit - 1), name_of(unit + 1));
    }
    return std::string(name_of(lacks_prev ? unit - 1 : unit + 1));
  }

  Fetch fetch_;
  Arbiter arbiter_;
  Tokens tokens_;
  std::array<std::deque<Command>, kUnits> queues_;
};

}  // namespace

void run_units(const isa::Encoding& encoding, const Dram& dram, uint64_t address, uint64_t count,
               uint64_t seed, const std::function<void(const Site&)>& execute) {
  Machine machine(Fetch(encoding, dram, address, count), encoding.config().token_queue_depth, seed);
  machine.run(execute);
}

}  // namespace vta::sim
