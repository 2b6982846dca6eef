// The instructions are taken in program order. Each one asks what instructions of the other units
// it conflicts with, and, unless that is known to be done, takes a token of the last of these or of
// a later one. Tokens of a queue are taken in the order in which they were given, so the one that a
// queue gives must come from an instruction after those that gave before: which holds, because what
// comes earlier is known to be done.
#include "vta/fuzz/tokens.h"

#include <algorithm>
#include <array>
#include <optional>

#include "vta/base/error.h"
#include "vta/isa/check.h"
#include "vta/isa/footprint.h"
#include "vta/isa/token_order.h"

namespace vta::fuzz {

namespace {

using isa::Clock;
using isa::Footprint;
using isa::Instruction;
using isa::kQueues;
using isa::kUnits;
using isa::Opcode;
using isa::Unit;

bool meet(const isa::EntrySet& a, const isa::EntrySet& b) {
  for (size_t k = 0; k < a.words().size(); ++k) {
    const uint64_t word = a.first_word() + k;
    if (word < b.first_word() || word >= b.first_word() + b.words().size()) continue;
    if ((a.words()[k] & b.words()[word - b.first_word()]) != 0) return true;
  }
  return false;
}

// Whether a and b of different units touch the same thing and one of them writes it.
bool conflict(const Footprint& a, Unit unit_a, const Footprint& b, Unit unit_b) {
  if (meet(a.inp, b.inp) || meet(a.wgt, b.wgt)) return true;
  const bool one_stores = unit_a == Unit::kStore || unit_b == Unit::kStore;
  if (!one_stores) return false;
  return meet(a.acc, b.acc) || first_common_byte(a.dram, b.dram).has_value();
}

size_t number(Unit unit) {
  return static_cast<size_t>(unit);
}

size_t queue_between(Unit from, Unit to) {
  size_t q = 0;
  while (isa::kTokenQueues[q].from != from || isa::kTokenQueues[q].to != to) ++q;
  return q;
}

class Inserter {
 public:
  Inserter(isa::Program& program, const TokenStyle& style, Random& random)
      : program_(program), style_(style), random_(random) {}

  void run() {
    isa::CheckReport report;
    const auto footprints = isa::footprints(program_, report);
    require(report.ok(), "cannot order an illegal program: {}",
            report.ok() ? "" : report.errors[0].message);
    for (size_t i = 0; i < program_.instructions.size(); ++i) {
      append(program_.instructions[i], footprints[i]);
    }
    if (random_.percent(30)) leave_tokens();
    program_.instructions.clear();
    for (const Node& node : nodes_) program_.instructions.push_back(node.instruction);
  }

 private:
  struct Node {
    Instruction instruction;
    Unit unit;
    uint32_t position;  // in its unit
    Clock before;       // by unit, how many are done before this one begins
    const Footprint* footprint;
  };

  void append(const Instruction& instruction, const Footprint& footprint) {
    const Unit unit = unit_of(instruction);
    const auto needed = needs(footprint, unit);
    if (unit != Unit::kCompute) {
      const auto& far = needed[number(unit == Unit::kLoad ? Unit::kStore : Unit::kLoad)];
      if (far) carry(*far);
    }
    const size_t node = add(instruction, footprint);
    for (const Unit other : {Unit::kLoad, Unit::kCompute, Unit::kStore}) {
      if (other == unit || (other != Unit::kCompute && unit != Unit::kCompute)) continue;
      // Behind a carrier there is always a token: the last of compute's is what carries it.
      const bool carried = carried_ && other == Unit::kCompute;
      if (carried) {
        give(of_unit_[number(other)].back(), node);
      } else if (needed[number(other)]) {
        take(*needed[number(other)], node);
      } else if (random_.percent(style_.percent_extra)) {
        take_any(other, node);
      }
    }
    carried_ = false;
  }

  // Of each other unit the last instruction that a new one conflicts with and must wait for, if
  // any.
  std::array<std::optional<size_t>, kUnits> needs(const Footprint& footprint, Unit unit) const {
    std::array<std::optional<size_t>, kUnits> result;
    const auto& own = of_unit_[number(unit)];
    const Clock done = own.empty() ? Clock{} : after(own.back());
    for (size_t u = 0; u < kUnits; ++u) {
      if (u == number(unit)) continue;
      for (size_t k = of_unit_[u].size(); k-- > done[u];) {
        const size_t node = of_unit_[u][k];
        if (!conflict(*nodes_[node].footprint, static_cast<Unit>(u), footprint, unit)) continue;
        result[u] = node;
        break;
      }
    }
    return result;
  }

  size_t add(const Instruction& instruction, const Footprint& footprint) {
    const Unit unit = unit_of(instruction);
    auto& list = of_unit_[number(unit)];
    Clock before{};
    if (!list.empty()) before = after(list.back());
    nodes_.push_back({instruction, unit, static_cast<uint32_t>(list.size()), before, &footprint});
    list.push_back(nodes_.size() - 1);
    return nodes_.size() - 1;
  }

  Clock after(size_t node) const {
    Clock clock = nodes_[node].before;
    clock[number(nodes_[node].unit)] = nodes_[node].position + 1;
    return clock;
  }

  // An instruction of compute that does nothing, and waits for `node`.
  void carry(size_t node) {
    const size_t carrier = add(nothing(), kNothing);
    take(node, carrier);
    carried_ = true;
  }

  Instruction nothing() {
    switch (random_.below(4)) {
      case 0:
        return {.opcode = Opcode::kLoad, .memory = isa::MemoryType::kAcc};
      case 1:
        return {.opcode = Opcode::kGemm, .iter_out = 1};
      case 2:
        return {.opcode = Opcode::kAlu, .iter_in = 3};
      default:
        return {.opcode = Opcode::kLoad};
    }
  }

  // A token from `from`, or from a later instruction of its unit, unless that one is done anyway.
  void take(size_t from, size_t to) {
    const Unit unit = nodes_[from].unit;
    if (nodes_[from].position < nodes_[to].before[number(unit)]) return;
    const auto& list = of_unit_[number(unit)];
    const uint64_t last = list.size() - 1;
    const uint64_t position = random_.percent(style_.percent_tight)
                                  ? random_.between(nodes_[from].position, last)
                                  : nodes_[from].position;
    give(list[position], to);
  }

  void take_any(Unit unit, size_t to) {
    const auto& list = of_unit_[number(unit)];
    const uint64_t first = given_[queue_between(unit, nodes_[to].unit)];
    if (first >= list.size()) return;
    give(list[random_.percent(70) ? first : random_.between(first, list.size() - 1)], to);
  }

  void give(size_t from, size_t to) {
    Instruction& giver = nodes_[from].instruction;
    Instruction& taker = nodes_[to].instruction;
    const bool forward = nodes_[from].unit < nodes_[to].unit;
    (forward ? giver.push_next : giver.push_prev) = true;
    (forward ? taker.pop_prev : taker.pop_next) = true;
    given_[queue_between(nodes_[from].unit, nodes_[to].unit)] = nodes_[from].position + 1;
    const Clock done = after(from);
    for (size_t u = 0; u < kUnits; ++u) {
      nodes_[to].before[u] = std::max(nodes_[to].before[u], done[u]);
    }
  }

  // Tokens that nobody takes, behind those that somebody does: a few, or as many as fit.
  void leave_tokens() {
    const auto depth = static_cast<uint64_t>(program_.config.token_queue_depth);
    const bool many = random_.percent(30);
    for (size_t q = 0; q < kQueues; ++q) {
      const isa::TokenQueue& queue = isa::kTokenQueues[q];
      const auto& list = of_unit_[number(queue.from)];
      uint64_t room = depth;
      for (uint64_t k = given_[q]; k < list.size() && room > 0; ++k) {
        if (!many && !random_.percent(20)) continue;
        Instruction& giver = nodes_[list[k]].instruction;
        (queue.from < queue.to ? giver.push_next : giver.push_prev) = true;
        --room;
      }
    }
  }

  inline static const Footprint kNothing;

  isa::Program& program_;
  const TokenStyle& style_;
  Random& random_;
  std::vector<Node> nodes_;
  std::array<std::vector<size_t>, kUnits> of_unit_;
  std::array<uint64_t, kQueues>
      given_{};  // positions below it have given to the queue or never will
  bool carried_ = false;
};

// Any order of the whole that keeps each unit's: tokens decide what happens, not program order.
std::vector<Instruction> mixed(const std::vector<Instruction>& program, Random& random) {
  std::array<std::vector<Instruction>, kUnits> of_unit;
  for (const Instruction& i : program) of_unit[number(unit_of(i))].push_back(i);
  of_unit[number(Unit::kCompute)].pop_back();  // FINISH
  std::array<size_t, kUnits> next{};
  std::vector<Instruction> result;
  size_t unit = 0;
  const uint64_t stay = random.below(95);
  while (result.size() + 1 < program.size()) {
    if (next[unit] == of_unit[unit].size() || !random.percent(stay)) unit = random.below(kUnits);
    if (next[unit] < of_unit[unit].size()) result.push_back(of_unit[unit][next[unit]++]);
  }
  result.push_back(program.back());
  return result;
}

}  // namespace

void insert_tokens(isa::Program& program, const TokenStyle& style, Random& random) {
  Inserter(program, style, random).run();
  if (!random.percent(style.percent_mixed)) return;
  isa::Program other = program;
  other.instructions = mixed(program.instructions, random);
  // Where a unit gets far ahead, the command queues can be too short for it.
  if (isa::check(other).ok()) program = std::move(other);
}

}  // namespace vta::fuzz
