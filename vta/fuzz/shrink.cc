#include "vta/fuzz/shrink.h"

#include <algorithm>

#include "vta/fuzz/device.h"
#include "vta/isa/check.h"
#include "vta/isa/token_order.h"

namespace vta::fuzz {

namespace {

using isa::Instruction;
using isa::kQueues;
using isa::kTokenQueues;

bool Instruction::*push_bit(size_t q) {
  return kTokenQueues[q].from < kTokenQueues[q].to ? &Instruction::push_next
                                                   : &Instruction::push_prev;
}
bool Instruction::*pop_bit(size_t q) {
  return kTokenQueues[q].from < kTokenQueues[q].to ? &Instruction::pop_prev
                                                   : &Instruction::pop_next;
}

// Who gives and who takes the tokens of a queue: the n-th given is the n-th taken.
struct Ends {
  std::vector<size_t> given;
  std::vector<size_t> taken;
};
Ends ends_of(const std::vector<Instruction>& list, size_t q) {
  Ends ends;
  for (size_t i = 0; i < list.size(); ++i) {
    if (isa::pushes(list[i], q)) ends.given.push_back(i);
    if (isa::pops(list[i], q)) ends.taken.push_back(i);
  }
  return ends;
}

void drop_token(std::vector<Instruction>& list, size_t q, const Ends& ends, size_t n) {
  if (n < ends.given.size()) list[ends.given[n]].*push_bit(q) = false;
  if (n < ends.taken.size()) list[ends.taken[n]].*pop_bit(q) = false;
}

// Without the instructions [begin, end), and without the tokens that they give or take.
Case without(const Case& c, size_t begin, size_t end) {
  Case result = c;
  auto& list = result.program.instructions;
  for (size_t q = 0; q < kQueues; ++q) {
    const Ends ends = ends_of(list, q);
    for (size_t n = 0; n < std::max(ends.given.size(), ends.taken.size()); ++n) {
      const auto inside = [&](const std::vector<size_t>& at) {
        return n < at.size() && at[n] >= begin && at[n] < end;
      };
      if (inside(ends.given) || inside(ends.taken)) drop_token(list, q, ends, n);
    }
  }
  list.erase(list.begin() + static_cast<int64_t>(begin), list.begin() + static_cast<int64_t>(end));
  const uint64_t count = end - begin;
  const auto moved = [&](uint64_t index) { return index >= end ? index - count : index; };
  if (result.fault) result.fault = moved(*result.fault);
  if (result.patch) result.patch->instruction = moved(result.patch->instruction);
  result.program.ignored_bits.clear();
  for (const auto& [index, words] : c.program.ignored_bits) {
    if (index < begin || index >= end) {
      result.program.ignored_bits[static_cast<uint32_t>(moved(index))] = words;
    }
  }
  return result;
}

class Shrinker {
 public:
  Shrinker(const Case& c, const std::function<bool(const Case&)>& shows, int most_tries)
      : best_(c), shows_(shows), left_(most_tries) {}

  Case run() {
    bool smaller = true;
    while (smaller && left_ > 0) {
      smaller = simplify();
      smaller = drop_instructions() || smaller;
      smaller = drop_tokens() || smaller;
      smaller = reduce_fields() || smaller;
    }
    return best_;
  }

 private:
  bool accept(const Case& candidate) {
    if (left_ <= 0) return false;
    --left_;
    if (!keeps_its_kind(candidate) || !shows_(candidate)) return false;
    best_ = candidate;
    return true;
  }

  static bool keeps_its_kind(const Case& c) {
    if (!c.fault) return isa::check(c.program).ok();
    return fuzz::run(c, device("ref")).fault == c.fault;
  }

  bool drop_instructions() {
    bool any = false;
    for (size_t length = std::max<size_t>(1, best_.size() / 2); length > 0; length /= 2) {
      for (size_t end = best_.size(); end > 0;) {
        const size_t begin = end > length ? end - length : 0;
        const bool has_fault = best_.fault && *best_.fault >= begin && *best_.fault < end;
        if (!has_fault && accept(without(best_, begin, end))) any = true;
        end = begin;
        end = std::min<size_t>(end, best_.size());
      }
    }
    return any;
  }

  bool drop_tokens() {
    bool any = false;
    for (size_t q = 0; q < kQueues; ++q) {
      const Ends ends = ends_of(best_.program.instructions, q);
      for (size_t n = std::max(ends.given.size(), ends.taken.size()); n-- > 0;) {
        Case candidate = best_;
        drop_token(candidate.program.instructions, q, ends_of(candidate.program.instructions, q),
                   n);
        if (accept(candidate)) any = true;
      }
    }
    return any;
  }

  bool reduce_fields() {
    bool any = false;
    for (size_t i = best_.size(); i-- > 0;) {
      for (const isa::Field& field : isa::fields(best_.program.instructions[i].opcode)) {
        if (field.name == "opcode" || field.name == "memory" || field.name == "alu_op") continue;
        if (field.name.starts_with("pop_") || field.name.starts_with("push_")) continue;
        any = reduce(i, field) || any;
      }
    }
    return any;
  }

  bool reduce(size_t i, const isa::Field& field) {
    const int64_t value = field.get(best_.program.instructions[i]);
    for (const int64_t smaller : {int64_t{0}, int64_t{1}, value / 2, value - 1}) {
      if (value <= 0 ? smaller != 0 || value == 0 : smaller >= value) continue;
      Case candidate = best_;
      field.set(candidate.program.instructions[i], smaller);
      if (accept(candidate)) return true;
    }
    return false;
  }

  bool simplify() {
    bool any = false;
    if (best_.before) {
      Case candidate = best_;
      candidate.before = nullptr;
      any = accept(candidate);
    }
    if (best_.data != Data::kZero) {
      Case candidate = best_;
      candidate.data = Data::kZero;
      any = accept(candidate) || any;
    }
    if (!best_.program.ignored_bits.empty()) {
      Case candidate = best_;
      candidate.program.ignored_bits.clear();
      any = accept(candidate) || any;
    }
    if (best_.address != 0) {
      Case candidate = best_;
      candidate.address = 0;
      any = accept(candidate) || any;
    }
    const double bus = best_.program.config.bus_bits / 8.0;
    if (best_.program.config.memory_bytes_per_cycle != bus) {
      Case candidate = best_;
      candidate.program.config.memory_bytes_per_cycle = bus;
      any = accept(candidate) || any;
    }
    if (best_.program.config.memory_latency_cycles > 1) {
      Case candidate = best_;
      candidate.program.config.memory_latency_cycles = 1;
      any = accept(candidate) || any;
    }
    return any;
  }

  Case best_;
  const std::function<bool(const Case&)>& shows_;
  int left_;
};

}  // namespace

Case shrink(const Case& c, const std::function<bool(const Case&)>& shows, int most_tries) {
  return Shrinker(c, shows, most_tries).run();
}

}  // namespace vta::fuzz
