#include "vta/codegen/accel/nest.h"

#include <algorithm>
#include <array>

#include "vta/base/error.h"
#include "vta/codegen/accel/field_limit.h"
#include "vta/loop/analysis.h"

namespace vta::codegen::accel {

using isa::MicroOp;
using loop::Expr;
using Kind = Operation::Kind;

namespace {

// ---- From statements to nests

bool is_same_region(const loop::Region& a, const loop::Region& b) {
  return a.buffer == b.buffer && a.extent == b.extent &&
         std::ranges::equal(a.begin, b.begin,
                            [](const Expr& x, const Expr& y) { return equal(x, y); });
}

struct Guarded {
  Expr condition;  // empty: always
  const loop::Intrinsic* intrinsic;
};
Guarded guarded(const loop::Stmt& s) {
  const auto* guard = loop::as<loop::If>(s);
  return {guard != nullptr ? guard->condition : Expr(),
          loop::as<loop::Intrinsic>(guard != nullptr ? guard->then : s)};
}

bool is_call(const Guarded& g, std::string_view name) {
  return g.intrinsic != nullptr && g.intrinsic->name == name;
}

// "if c { reset }; gemm" or "if c { gemm_overwrite }; if not c { gemm }", of the same elements.
bool is_restarted_gemm(const loop::Seq& seq, Nest& nest) {
  if (seq.statements.size() != 2) return false;
  const Guarded first = guarded(seq.statements[0]), second = guarded(seq.statements[1]);
  if (!first.condition || !is_call(second, "vta.gemm")) return false;
  nest.intrinsic = *second.intrinsic;
  nest.reset_when = first.condition;
  if (is_call(first, "vta.reset")) {
    return !second.condition &&
           is_same_region(first.intrinsic->regions.at(0), second.intrinsic->regions.at(0));
  }
  const Expr otherwise = simplify(first.condition == loop::constant(loop::kBool, 0));
  return is_call(first, "vta.gemm_overwrite") && static_cast<bool>(second.condition) &&
         equal(simplify(second.condition), otherwise) &&
         std::ranges::equal(first.intrinsic->regions, second.intrinsic->regions, is_same_region);
}

// ---- Operations by name

struct Named {
  std::string_view name;
  Operation operation;
  size_t regions;
};

std::optional<Named> alu_named(std::string_view name) {
  for (size_t op = 0; op < hw::kAluOpNames.size(); ++op) {
    const auto alu = static_cast<hw::AluOp>(op);
    if (name == hw::kAluOpNames[op]) return Named{name, {Kind::kAlu, alu, std::nullopt}, 2};
    if (name == std::string(hw::kAluOpNames[op]) + "_imm") {
      return Named{name, {Kind::kAlu, alu, 0}, 1};
    }
  }
  return std::nullopt;
}

Named operation_of(const loop::Intrinsic& n) {
  std::optional<Named> named;
  if (n.name == "vta.gemm") named = {n.name, {Kind::kGemm}, 3};
  if (n.name == "vta.gemm_overwrite") named = {n.name, {Kind::kOverwrite}, 3};
  if (n.name == "vta.reset") named = {n.name, {Kind::kReset}, 1};
  if (!named && n.name.starts_with("vta.")) named = alu_named(n.name.substr(4));
  require(named.has_value(), "the accelerator has no intrinsic '{}'", n.name);
  const size_t scalars = named->operation.immediate ? 1 : 0;
  require(n.regions.size() == named->regions && n.scalars.size() == scalars,
          "{}: {} regions and {} scalars, must be {} and {}", n.name, n.regions.size(),
          n.scalars.size(), named->regions, scalars);
  return *named;
}

// ---- Conditions

// form >= 0, or form == 0, or form != 0.
struct Constraint {
  enum class Kind : uint8_t { kAtLeast, kEqual, kDiffers };
  Kind kind;
  Linear form;

  bool holds(int64_t value) const {
    return kind == Kind::kAtLeast ? value >= 0 : (value == 0) == (kind == Kind::kEqual);
  }
};

// Appends the parts of a conjunction; false where one is neither constant nor a comparison of
// linear forms. One that never holds becomes a constraint that never holds.
bool add_constraints(const Expr& e, const Environment& values, OpenLoops open,
                     std::vector<Constraint>& to) {
  if (const auto known = values.linear(e, open); known && known->is_constant()) {
    if (known->constant == 0) to.push_back({Constraint::Kind::kAtLeast, Linear{-1, {}}});
    return true;
  }
  const auto* n = std::get_if<loop::Binary>(&e->kind);
  if (n == nullptr) return false;
  if (n->op == loop::BinaryOp::kAnd) {
    return add_constraints(n->a, values, open, to) && add_constraints(n->b, values, open, to);
  }
  const auto a = values.linear(n->a, open), b = values.linear(n->b, open);
  if (!a || !b) return false;
  Linear difference = *b;
  difference.add(*a, -1);
  switch (n->op) {
    case loop::BinaryOp::kLt:
      --difference.constant;
      [[fallthrough]];
    case loop::BinaryOp::kLe:
      to.push_back({Constraint::Kind::kAtLeast, difference});
      return true;
    case loop::BinaryOp::kEq:
      to.push_back({Constraint::Kind::kEqual, difference});
      return true;
    case loop::BinaryOp::kNe:
      to.push_back({Constraint::Kind::kDiffers, difference});
      return true;
    default:
      return false;
  }
}

// The loop that is the only one in a form.
std::optional<size_t> only_loop(const Linear& form) {
  std::optional<size_t> only;
  for (size_t i = 0; i < kMaxOpenLoops; ++i) {
    if (form.coefficients[i] == 0) continue;
    if (only) return std::nullopt;
    only = i;
  }
  return only;
}

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

// Narrows the loop to where c * var + constant >= 0.
void clamp_loop(OpenLoop& loop, int64_t c, int64_t constant) {
  int64_t first = loop.first, end = loop.first + loop.extent;
  if (c > 0) first = std::max(first, -floor_div(constant, c));
  if (c < 0) end = std::min(end, floor_div(constant, -c) + 1);
  loop.first = first;
  loop.extent = std::max<int64_t>(0, end - first);
}

// Constraints on one loop narrow it; what is left must be looked at step by step.
std::vector<Constraint> clamp(std::vector<OpenLoop>& loops,
                              const std::vector<Constraint>& constraints) {
  std::vector<Constraint> left;
  for (const Constraint& c : constraints) {
    if (c.form.is_constant()) {
      if (!c.holds(c.form.constant)) loops.push_back({loop::Var("never"), 0, 0});
      continue;
    }
    const auto only = only_loop(c.form);
    if (!only || c.kind == Constraint::Kind::kDiffers) {
      left.push_back(c);
      continue;
    }
    const int64_t k = c.form.coefficients[*only];
    clamp_loop(loops[*only], k, c.form.constant);
    if (c.kind == Constraint::Kind::kEqual) clamp_loop(loops[*only], -k, -c.form.constant);
  }
  return left;
}

// ---- The loops of a nest as numbers

enum Operand : size_t { kDst, kSrc, kWgt };
constexpr size_t kOperands = 3;
using Steps = std::array<int64_t, kOperands>;

// One loop: how far each operand's index and each constraint's form move at a step.
struct Level {
  int64_t extent;
  Steps steps;
  std::vector<int64_t> moves;

  bool is_watched() const {
    return std::ranges::any_of(moves, [](int64_t m) { return m != 0; });
  }
};

struct Plan {
  Operation operation;
  Steps begin{};
  std::vector<Level> levels;        // outermost first, none of extent 1
  std::vector<Constraint> watched;  // their constants are those at the first step
  size_t restarts = 0;  // the last so many of `watched`: a step where all hold starts its sum anew
};

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
  if (o.kind == Kind::kOverwrite) return is_injective(p.levels, kDst);
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

// ---- Which loops become the hardware's

struct FieldLimits {
  explicit FieldLimits(const isa::Encoding& e) {
    const auto limit = [&](std::string_view field) {
      return field_limit(e, isa::Opcode::kGemm, field);
    };
    extent = limit("iter_out");
    step = {limit("dst_factor_out"), limit("src_factor_out"), limit("wgt_factor_out")};
    kernel = std::min<int64_t>(e.config().depth(hw::Memory::kUop), 0xFFFF);
  }
  int64_t extent;
  Steps step;
  int64_t kernel;  // micro-ops
};

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

// Takes up to two loops out of the plan: those that shrink the micro-kernel most. Where the order
// matters they are the outermost.
std::vector<Level> take_hardware_loops(Plan& p, bool in_any_order, const FieldLimits& limits) {
  const auto fits = [&](const Level& l) {
    for (size_t o = 0; o < kOperands; ++o) {
      if (l.steps[o] < 0 || l.steps[o] > limits.step[o]) return false;
    }
    return !l.is_watched() && l.extent <= limits.extent;
  };
  std::vector<size_t> chosen;
  for (size_t i = 0; i < p.levels.size(); ++i) {
    if (fits(p.levels[i])) {
      chosen.push_back(i);
    } else if (!in_any_order) {
      break;
    }
  }
  if (in_any_order) {
    std::ranges::stable_sort(chosen, std::greater(), [&](size_t i) { return p.levels[i].extent; });
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

// ---- Micro-ops

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

isa::EntrySet entries(const Compute& c, uint32_t MicroOp::*index, int64_t outer, int64_t inner) {
  uint32_t first = UINT32_MAX, last = 0;
  for (const MicroOp& uop : c.kernel) {
    first = std::min(first, uop.*index);
    last = std::max(last, uop.*index);
  }
  const int64_t reach = (c.loops.outer - 1) * outer + (c.loops.inner - 1) * inner;
  isa::EntrySet set(first, last + static_cast<uint64_t>(reach));
  for (const MicroOp& uop : c.kernel) set.insert(uop.*index);
  set.repeat(static_cast<uint64_t>(c.loops.inner), static_cast<uint64_t>(inner));
  set.repeat(static_cast<uint64_t>(c.loops.outer), static_cast<uint64_t>(outer));
  return set;
}

std::shared_ptr<const Compute> make_compute(const Operation& operation, std::vector<MicroOp> kernel,
                                            const std::vector<Level>& hardware) {
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
    c.inp = entries(c, &MicroOp::src, l.src_outer, l.src_inner);
    c.wgt = entries(c, &MicroOp::wgt, l.wgt_outer, l.wgt_inner);
  }
  return std::make_shared<const Compute>(std::move(c));
}

}  // namespace

std::optional<Nest> nest_of(const loop::Stmt& s) {
  Nest nest;
  for (loop::Stmt at = s;;) {
    if (const auto* n = loop::as<loop::For>(at); n && nest.loops.size() < kMaxOpenLoops) {
      nest.loops.push_back(*n);
      at = n->body;
    } else if (const auto* condition = loop::as<loop::If>(at)) {
      nest.conditions.push_back(condition->condition);
      at = condition->then;
    } else if (const auto* intrinsic = loop::as<loop::Intrinsic>(at)) {
      nest.intrinsic = *intrinsic;
      return nest;
    } else {
      const auto* seq = loop::as<loop::Seq>(at);
      return seq && is_restarted_gemm(*seq, nest) ? std::optional(nest) : std::nullopt;
    }
  }
}

namespace {

// The element that a region of one (or, of a record, three) begins with.
std::optional<Linear> element_index(const std::string& name, const loop::Region& r,
                                    loop::Scope scope, int64_t count, const Environment& values,
                                    const Scratchpads& places, OpenLoops open) {
  require(r.buffer->scope == scope, "{}: {} is in {}, must be in {}", name, r.buffer->name,
          scope_name(r.buffer->scope), scope_name(scope));
  const Scratchpads::Place& place = places.place(r.buffer);
  const size_t leading = place.layout.strides.size();
  Linear index{place.base, {}};
  int64_t elements = 1;
  bool is_dense = true;
  for (size_t d = leading; d-- > 0;) {
    const auto begin = values.linear(r.begin[d], open);
    if (!begin) return std::nullopt;
    index.add(*begin, place.layout.strides[d]);
    is_dense &= r.extent[d] == 1 || place.layout.strides[d] == elements;
    elements *= r.extent[d];
  }
  const bool is_whole = std::equal(r.extent.begin() + static_cast<int64_t>(leading), r.extent.end(),
                                   r.buffer->shape.begin() + static_cast<int64_t>(leading));
  require(is_whole && is_dense && elements == count,
          "{}: the region of {} has {} elements, must be {}{}", name, r.buffer->name, elements,
          count, is_whole ? "" : ", whole");
  return index;
}

constexpr std::array<loop::Scope, kOperands> kGemmScopes = {loop::Scope::kAcc, loop::Scope::kInp,
                                                            loop::Scope::kWgt};

class Planner {
 public:
  Planner(const Nest& nest, const Environment& values, const Scratchpads& places)
      : nest_(nest), values_(values), places_(places) {
    for (const loop::For& l : nest.loops) open_.push_back({l.var, 0, l.extent});
  }

  // Nothing where something is not linear.
  std::optional<Plan> plan() {
    Plan p;
    p.operation = operation_of(nest_.intrinsic).operation;
    std::vector<Constraint> guards;
    for (const Expr& e : nest_.conditions) {
      if (!add_constraints(e, values_, open_, guards)) return std::nullopt;
    }
    if (!add_restart(p) || !add_operands(p)) return std::nullopt;
    std::vector<OpenLoop> loops = open_;
    std::vector<Constraint> watched = clamp(loops, guards);
    watched.insert(watched.end(), p.watched.begin(), p.watched.end());
    p.watched = std::move(watched);
    add_levels(p, loops);
    return p;
  }

 private:
  bool add_restart(Plan& p) {
    if (!nest_.reset_when) return true;
    std::vector<Constraint> when;
    if (!add_constraints(nest_.reset_when, values_, open_, when)) return false;
    const bool never = std::ranges::any_of(when, [](const Constraint& c) {
      return c.form.is_constant() && !c.holds(c.form.constant);
    });
    if (never) return true;
    std::erase_if(when, [](const Constraint& c) { return c.form.is_constant(); });
    if (when.empty()) p.operation.kind = Kind::kOverwrite;
    p.restarts = when.size();
    p.watched = std::move(when);
    return true;
  }

  bool add_operands(Plan& p) {
    const loop::Intrinsic& n = nest_.intrinsic;
    for (size_t i = 0; i < n.regions.size(); ++i) {
      const bool is_record =
          i == kSrc && p.operation.kind == Kind::kAlu && p.operation.alu == hw::AluOp::kRequantise;
      const auto index = element_index(
          n.name, n.regions[i], p.operation.multiplies() ? kGemmScopes[i] : loop::Scope::kAcc,
          is_record ? 3 : 1, values_, places_, open_);
      if (!index) return false;
      operands_[i] = *index;
    }
    if (!p.operation.immediate) return true;
    const auto immediate = values_.linear(n.scalars[0], open_);
    if (!immediate || !immediate->is_constant()) return false;
    p.operation.immediate = static_cast<int32_t>(immediate->constant);
    return true;
  }

  // From forms over variables to steps from the first iteration on.
  void add_levels(Plan& p, const std::vector<OpenLoop>& loops) {
    for (size_t o = 0; o < kOperands; ++o) p.begin[o] = operands_[o].constant;
    for (size_t i = 0; i < loops.size(); ++i) {
      Level level{loops[i].extent, {}, {}};
      const bool is_loop = i < open_.size();  // not the mark of a condition that never holds
      for (size_t o = 0; is_loop && o < kOperands; ++o) {
        level.steps[o] = operands_[o].coefficients[i];
        p.begin[o] += level.steps[o] * loops[i].first;
      }
      for (Constraint& c : p.watched) {
        level.moves.push_back(is_loop ? c.form.coefficients[i] : 0);
        c.form.constant += level.moves.back() * loops[i].first;
      }
      if (level.extent != 1) p.levels.push_back(std::move(level));
    }
  }

  const Nest& nest_;
  const Environment& values_;
  const Scratchpads& places_;
  std::vector<OpenLoop> open_;
  std::array<Linear, kOperands> operands_{};
};

std::vector<int64_t> key_of(const Plan& p) {
  std::vector<int64_t> key = {static_cast<int64_t>(p.operation.kind),
                              static_cast<int64_t>(p.operation.alu), p.operation.immediate ? 1 : 0,
                              p.operation.immediate.value_or(0), static_cast<int64_t>(p.restarts)};
  key.insert(key.end(), p.begin.begin(), p.begin.end());
  for (const Constraint& c : p.watched) {
    key.push_back(static_cast<int64_t>(c.kind));
    key.push_back(c.form.constant);
  }
  for (const Level& l : p.levels) {
    key.push_back(l.extent);
    key.insert(key.end(), l.steps.begin(), l.steps.end());
    key.insert(key.end(), l.moves.begin(), l.moves.end());
  }
  return key;
}

// Nothing where loops have to be walked.
std::optional<Computes> compute(Plan p, const FieldLimits& limits) {
  if (std::ranges::any_of(p.levels, [](const Level& l) { return l.extent == 0; }))
    return Computes{};
  const bool in_any_order = is_free(p);
  if (p.restarts > 0 && !restarts_come_first(p)) return std::nullopt;
  if (p.operation.kind == Kind::kOverwrite && !in_any_order) return std::nullopt;
  merge_levels(p, in_any_order, limits);
  const std::vector<Level> hardware = take_hardware_loops(p, in_any_order, limits);
  int64_t steps = 1;
  for (const Level& l : p.levels) steps *= l.extent;
  if (steps > limits.kernel) return std::nullopt;
  MicroOps uops;
  Unroller(p, uops).run();
  Computes result;
  if (!uops.restarting.empty()) {
    result.push_back(make_compute({Kind::kOverwrite}, std::move(uops.restarting), hardware));
  }
  if (!uops.others.empty()) {
    result.push_back(make_compute(p.operation, std::move(uops.others), hardware));
  }
  return result;
}

}  // namespace

NestCompiler::NestCompiler(const hw::Config& config) : encoding_(config) {}

std::optional<Computes> NestCompiler::compile(const Nest& nest, const Environment& values,
                                              const Scratchpads& places) {
  const std::optional<Plan> plan = Planner(nest, values, places).plan();
  require(plan.has_value() || !nest.loops.empty(),
          "{}: its regions or conditions are no numbers when all loops have values",
          nest.intrinsic.name);
  if (!plan) return std::nullopt;
  const auto [entry, is_new] = compiled_.try_emplace(key_of(*plan));
  if (!is_new) return entry->second;
  std::optional<Computes> computes = compute(*plan, FieldLimits(encoding_));
  if (!computes) {
    compiled_.erase(entry);
    return std::nullopt;
  }
  return entry->second = std::move(*computes);
}

}  // namespace vta::codegen::accel
