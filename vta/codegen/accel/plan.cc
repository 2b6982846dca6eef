#include "vta/codegen/accel/plan.h"

#include "vta/base/error.h"

namespace vta::codegen::accel {

using loop::Expr;
using Kind = Operation::Kind;

namespace {

struct Named {
  std::string_view name;
  Operation operation;
  size_t regions;
  int32_t sign = 1;  // of the immediate
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
  if (n.name == "vta.depthwise") named = {n.name, {.kind = Kind::kGemm, .depthwise = true}, 3};
  if (n.name == "vta.depthwise_overwrite") {
    named = {n.name, {.kind = Kind::kOverwrite, .depthwise = true}, 3};
  }
  if (n.name == "vta.reset") named = {n.name, {Kind::kReset}, 1};
  if (n.name == "vta.set") named = {n.name, {Kind::kSet, hw::AluOp::kAdd, 0}, 1};
  if (n.name == "vta.shl_imm") named = {n.name, {Kind::kAlu, hw::AluOp::kShr, 0}, 1, -1};
  if (!named && n.name.starts_with("vta.")) named = alu_named(n.name.substr(4));
  require(named.has_value(), "the accelerator has no intrinsic '{}'", n.name);
  const size_t scalars = named->operation.immediate ? 1 : 0;
  require(n.regions.size() == named->regions && n.scalars.size() == scalars,
          "{}: {} regions and {} scalars, must be {} and {}", n.name, n.regions.size(),
          n.scalars.size(), named->regions, scalars);
  return *named;
}

// The element that a region of one (of a record three, of depthwise inputs several) begins with.
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
  Planner(const Nest& nest, const hw::Config& config, const Environment& values,
          const Scratchpads& places)
      : nest_(nest), config_(config), values_(values), places_(places) {
    for (const loop::For& l : nest.loops) open_.push_back({l.var, 0, l.extent});
  }

  // Nothing where something is not linear.
  std::optional<Plan> plan() {
    Plan p;
    const Named named = operation_of(nest_.intrinsic);
    p.operation = named.operation;
    std::vector<Constraint> guards;
    for (const Expr& e : nest_.conditions) {
      if (!add_constraints(e, values_, open_, guards)) return std::nullopt;
    }
    if (!add_restart(p) || !add_operands(p, named.sign)) return std::nullopt;
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
    const bool never =  // add_constraints leaves out what always holds
        std::ranges::any_of(when, [](const Constraint& c) { return c.form.is_constant(); });
    if (never) return true;
    if (when.empty()) p.operation.kind = Kind::kOverwrite;
    p.restarts = when.size();
    p.watched = std::move(when);
    return true;
  }

  bool add_operands(Plan& p, int32_t sign) {
    const loop::Intrinsic& n = nest_.intrinsic;
    for (size_t i = 0; i < n.regions.size(); ++i) {
      const auto index = element_index(
          n.name, n.regions[i], p.operation.multiplies() ? kGemmScopes[i] : loop::Scope::kAcc,
          i == kSrc ? source_elements(p.operation, config_) : 1, values_, places_, open_);
      if (!index) return false;
      operands_[i] = *index;
    }
    if (!p.operation.immediate) return true;
    const auto immediate = values_.linear(n.scalars[0], open_);
    if (!immediate || !immediate->is_constant()) return false;
    p.operation.immediate = sign * static_cast<int32_t>(immediate->constant);
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
  const hw::Config& config_;
  const Environment& values_;
  const Scratchpads& places_;
  std::vector<OpenLoop> open_;
  std::array<Linear, kOperands> operands_{};
};

}  // namespace

std::optional<Plan> plan_of(const Nest& nest, const hw::Config& config, const Environment& values,
                            const Scratchpads& places) {
  return Planner(nest, config, values, places).plan();
}

std::vector<int64_t> key_of(const Plan& p) {
  std::vector<int64_t> key = {
      static_cast<int64_t>(p.operation.kind), static_cast<int64_t>(p.operation.alu),
      p.operation.immediate ? 1 : 0,          p.operation.immediate.value_or(0),
      p.operation.depthwise ? 1 : 0,          static_cast<int64_t>(p.restarts)};
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

}  // namespace vta::codegen::accel
