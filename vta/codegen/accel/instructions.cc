#include "vta/codegen/accel/instructions.h"

#include <algorithm>

#include "vta/codegen/accel/field_limit.h"

namespace vta::codegen::accel {

using isa::MicroOp;
using Kind = Operation::Kind;

namespace {

// Whether no index comes twice.
bool is_injective(const std::vector<Level>& levels, Operand operand) {
  std::vector<std::pair<int64_t, int64_t>> by_step;
  for (const Level& l : levels) by_step.emplace_back(std::abs(l.steps[operand]), l.extent);
  std::ranges::sort(by_step);
  int64_t reach = 0;
  for (const auto& [step, extent] : by_step) {
    if (step <= reach) return false;
    reach += step * (extent - 1);
  }
  return true;
}

std::pair<int64_t, int64_t> range_of(const Plan& p, Operand operand, int64_t width) {
  int64_t low = p.begin[operand], high = low + width - 1;
  for (const Level& l : p.levels) {
    const int64_t reach = l.steps[operand] * (l.extent - 1);
    (reach < 0 ? low : high) += reach;
  }
  return {low, high};
}

// Whether the steps may run in any order.
bool is_free(const Plan& p) {
  const Operation& o = p.operation;
  if (o.kind == Kind::kOverwrite || o.kind == Kind::kSet) return is_injective(p.levels, kDst);
  if (o.kind != Kind::kAlu || o.immediate) return true;
  const bool records = o.alu == hw::AluOp::kRequantise;
  const auto [dst_low, dst_high] = range_of(p, kDst, 1);
  const auto [src_low, src_high] = range_of(p, kSrc, records ? 3 : 1);
  if (dst_high < src_low || src_high < dst_low) {
    return (!records && o.alu != hw::AluOp::kShr) || is_injective(p.levels, kDst);
  }
  const bool elementwise =
      !records && p.begin[kDst] == p.begin[kSrc] &&
      std::ranges::all_of(p.levels, [](const Level& l) { return l.steps[kDst] == l.steps[kSrc]; });
  return elementwise && is_injective(p.levels, kDst);
}

// Whether starting sums anew first and adding the rest afterwards is the same: each destination
// starts once, at the first of its steps.
bool restarts_come_first(const Plan& p) {
  std::vector<Level> others;
  for (const Level& l : p.levels) {
    const bool counts = std::ranges::any_of(l.moves.end() - static_cast<int64_t>(p.restarts),
                                            l.moves.end(), [](int64_t m) { return m != 0; });
    if (!counts) others.push_back(l);
    if (counts && l.steps[kDst] != 0) return false;
  }
  const bool at_first_step = std::all_of(
      p.watched.end() - static_cast<int64_t>(p.restarts), p.watched.end(), [](const Constraint& c) {
        return c.kind == Constraint::Kind::kEqual && c.form.constant == 0 && only_loop(c.form);
      });
  return at_first_step && is_injective(others, kDst);
}

// Two loops as one where the outer continues the inner's steps.
void merge_levels(Plan& p, bool in_any_order, const FieldLimits& limits) {
  const auto continues = [&](const Level& outer, const Level& inner) {
    for (size_t o = 0; o < kOperands; ++o) {
      if (outer.steps[o] != inner.extent * inner.steps[o]) return false;
    }
    return !outer.is_watched() && !inner.is_watched() &&
           outer.extent * inner.extent <= limits.extent;
  };
  for (size_t outer = 0; outer < p.levels.size(); ++outer) {
    for (size_t inner = 0; inner < p.levels.size(); ++inner) {
      const bool allowed = in_any_order ? inner != outer : inner == outer + 1;
      if (!allowed || !continues(p.levels[outer], p.levels[inner])) continue;
      p.levels[inner].extent *= p.levels[outer].extent;
      p.levels.erase(p.levels.begin() + static_cast<int64_t>(outer));
      return merge_levels(p, in_any_order, limits);
    }
  }
}

bool changes_record(const Plan& p, const Level& l) {
  return p.operation.kind == Kind::kAlu && p.operation.alu == hw::AluOp::kRequantise &&
         l.steps[kSrc] != 0;
}

// Takes up to two loops out of the plan: those that shrink the micro-kernel most. Where the order
// matters they are the outermost. Where it does not, loops that change the record of a
// requantisation go outside the others: every change takes cycles.
std::vector<Level> take_hardware_loops(Plan& p, bool in_any_order, const FieldLimits& limits) {
  const auto fits = [&](const Level& l) {
    for (size_t o = 0; o < kOperands; ++o) {
      if (l.steps[o] < 0 || l.steps[o] > limits.step[o]) return false;
    }
    return !l.is_watched() && l.extent <= limits.extent;
  };
  const auto weight = [&](const Level& l) { return std::pair(changes_record(p, l), l.extent); };
  if (in_any_order) {
    std::stable_partition(p.levels.begin(), p.levels.end(),
                          [&](const Level& l) { return changes_record(p, l); });
  }
  std::vector<size_t> chosen;
  for (size_t i = 0; i < p.levels.size(); ++i) {
    if (fits(p.levels[i])) {
      chosen.push_back(i);
    } else if (!in_any_order) {
      break;
    }
  }
  if (in_any_order) {
    std::ranges::stable_sort(chosen, std::greater(), [&](size_t i) { return weight(p.levels[i]); });
  }
  chosen.resize(std::min<size_t>(chosen.size(), 2));
  std::ranges::sort(chosen);
  std::vector<Level> taken;
  for (const size_t i : chosen) taken.push_back(p.levels[i]);
  for (auto it = chosen.rbegin(); it != chosen.rend(); ++it) {
    p.levels.erase(p.levels.begin() + static_cast<int64_t>(*it));
  }
  return taken;
}

// Those of the steps that the constraints let run; sums that start anew apart.
struct MicroOps {
  std::vector<MicroOp> restarting;
  std::vector<MicroOp> others;
};

class Unroller {
 public:
  Unroller(const Plan& plan, MicroOps& to) : p_(plan), to_(to), index_(plan.begin) {
    for (const Constraint& c : p_.watched) values_.push_back(c.form.constant);
  }

  void run(size_t depth = 0) {
    if (depth == p_.levels.size()) return step();
    const Level& l = p_.levels[depth];
    for (int64_t i = 0; i < l.extent; ++i) {
      run(depth + 1);
      advance(l, 1);
    }
    advance(l, -l.extent);
  }

 private:
  void advance(const Level& l, int64_t steps) {
    for (size_t o = 0; o < kOperands; ++o) index_[o] += steps * l.steps[o];
    for (size_t c = 0; c < values_.size(); ++c) values_[c] += steps * l.moves[c];
  }

  bool holds(size_t first, size_t last) const {
    for (size_t c = first; c < last; ++c) {
      if (!p_.watched[c].holds(values_[c])) return false;
    }
    return true;
  }

  void step() {
    const size_t guards = values_.size() - p_.restarts;
    if (!holds(0, guards)) return;
    const bool restarts = p_.restarts > 0 && holds(guards, values_.size());
    const MicroOp uop{static_cast<uint32_t>(index_[kDst]), static_cast<uint32_t>(index_[kSrc]),
                      static_cast<uint32_t>(index_[kWgt])};
    (restarts ? to_.restarting : to_.others).push_back(uop);
  }

  const Plan& p_;
  MicroOps& to_;
  Steps index_;
  std::vector<int64_t> values_;
};

isa::EntrySet entries(const Compute& c, uint32_t MicroOp::*index, int64_t outer, int64_t inner,
                      int64_t width = 1) {
  uint32_t first = UINT32_MAX, last = 0;
  for (const MicroOp& uop : c.kernel) {
    first = std::min(first, uop.*index);
    last = std::max(last, uop.*index);
  }
  const int64_t reach = (c.loops.outer - 1) * outer + (c.loops.inner - 1) * inner;
  isa::EntrySet set(first, last + static_cast<uint64_t>(reach + width - 1));
  for (const MicroOp& uop : c.kernel) {
    set.insert_range(uop.*index, uop.*index + static_cast<uint64_t>(width));
  }
  set.repeat(static_cast<uint64_t>(c.loops.inner), static_cast<uint64_t>(inner));
  set.repeat(static_cast<uint64_t>(c.loops.outer), static_cast<uint64_t>(outer));
  return set;
}

std::shared_ptr<const Compute> make_compute(const Operation& operation, std::vector<MicroOp> kernel,
                                            const std::vector<Level>& hardware,
                                            const FieldLimits& limits) {
  Compute c{operation, std::move(kernel), {}, {}, {}, {}};
  runtime::LoopNest& l = c.loops;
  if (hardware.size() == 2) {
    const Level& outer = hardware.front();
    l.outer = outer.extent;
    l.dst_outer = outer.steps[kDst];
    l.src_outer = outer.steps[kSrc];
    l.wgt_outer = outer.steps[kWgt];
  }
  if (!hardware.empty()) {
    const Level& inner = hardware.back();
    l.inner = inner.extent;
    l.dst_inner = inner.steps[kDst];
    l.src_inner = inner.steps[kSrc];
    l.wgt_inner = inner.steps[kWgt];
  }
  c.acc = entries(c, &MicroOp::dst, l.dst_outer, l.dst_inner);
  if (operation.multiplies()) {
    c.inp = entries(c, &MicroOp::src, l.src_outer, l.src_inner,
                    operation.depthwise ? limits.depthwise_inputs : 1);
    c.wgt = entries(c, &MicroOp::wgt, l.wgt_outer, l.wgt_inner);
  }
  return std::make_shared<const Compute>(std::move(c));
}

}  // namespace

FieldLimits::FieldLimits(const isa::Encoding& e) {
  const auto limit = [&](std::string_view field) {
    return field_limit(e, isa::Opcode::kGemm, field);
  };
  extent = limit("iter_out");
  step = {limit("dst_factor_out"), limit("src_factor_out"), limit("wgt_factor_out")};
  depthwise_inputs = e.config().depthwise_inputs();
  kernel = std::min<int64_t>(e.config().depth(hw::Memory::kUop), 0xFFFF);
}

std::optional<Computes> instructions_of(Plan p, const FieldLimits& limits) {
  if (std::ranges::any_of(p.levels, [](const Level& l) { return l.extent == 0; }))
    return Computes{};
  const bool in_any_order = is_free(p);
  if (p.restarts > 0 && !restarts_come_first(p)) return std::nullopt;
  const bool replaces = p.operation.kind == Kind::kOverwrite || p.operation.kind == Kind::kSet;
  if (replaces && !in_any_order) return std::nullopt;
  merge_levels(p, in_any_order, limits);
  const std::vector<Level> hardware = take_hardware_loops(p, in_any_order, limits);
  const bool records_in_turn =
      std::ranges::any_of(p.levels, [&](const Level& l) { return changes_record(p, l); });
  int64_t steps = 1;
  for (const Level& l : p.levels) steps *= l.extent;
  if (records_in_turn || steps > limits.kernel) return std::nullopt;
  MicroOps uops;
  Unroller(p, uops).run();
  Computes result;
  if (!uops.restarting.empty()) {
    Operation first = p.operation;
    first.kind = Kind::kOverwrite;
    result.push_back(make_compute(first, std::move(uops.restarting), hardware, limits));
  }
  if (!uops.others.empty()) {
    result.push_back(make_compute(p.operation, std::move(uops.others), hardware, limits));
  }
  return result;
}

}  // namespace vta::codegen::accel
