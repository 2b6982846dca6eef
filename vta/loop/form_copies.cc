// form_copies: a store of a loaded element is a Copy of one element; conditions that only keep it
// inside its buffers go; and each loop around a Copy, from the inside out, becomes an extent of its
// regions where it walks them without gaps.
#include <algorithm>
#include <map>
#include <optional>

#include "vta/loop/analysis.h"
#include "vta/loop/passes.h"
#include "vta/loop/rewrite.h"

namespace vta::loop {

namespace {

void add_conjuncts(const Expr& condition, std::vector<Expr>& to) {
  const auto* n = std::get_if<Binary>(&condition->kind);
  if (n != nullptr && n->op == BinaryOp::kAnd && condition.type().is_bool()) {
    add_conjuncts(n->a, to);
    add_conjuncts(n->b, to);
  } else {
    to.push_back(condition);
  }
}

// The form that is at least 0 exactly where an inequality holds.
std::optional<Affine> slack(const Expr& inequality) {
  const auto* n = std::get_if<Binary>(&inequality->kind);
  if (n == nullptr || n->a.type() != kIndex) return std::nullopt;
  if (n->op == BinaryOp::kLe) return as_affine(n->b - n->a);
  if (n->op == BinaryOp::kLt) return as_affine(n->b - n->a - Expr(1));
  return std::nullopt;
}

// The greatest value of a - scale * b.
std::optional<int64_t> greatest_difference(const Affine& a, int64_t scale, const Affine& b,
                                           const Ranges& ranges) {
  int64_t greatest = a.constant - scale * b.constant;
  std::map<Var, int64_t> coefficients = a.coefficients;
  for (const auto& [var, coefficient] : b.coefficients) coefficients[var] -= scale * coefficient;
  for (const auto& [var, coefficient] : coefficients) {
    const auto range = ranges.find(var);
    if (coefficient == 0) continue;
    if (range == ranges.end()) return std::nullopt;
    greatest += coefficient * (coefficient > 0 ? range->second.high : range->second.low);
  }
  return greatest;
}

// Whether `bound` is below 0 wherever `form` is: bound = scale * form + rest, rest < scale.
bool follows(const Affine& bound, const Affine& form, const Ranges& ranges) {
  if (form.coefficients.empty()) return false;
  const auto& [var, coefficient] = *form.coefficients.begin();
  const auto found = bound.coefficients.find(var);
  const int64_t scale = found == bound.coefficients.end() ? 0 : found->second / coefficient;
  if (scale < 1) return false;
  const auto rest = greatest_difference(bound, scale, form, ranges);
  return rest && *rest < scale;
}

// Whether `inequality` fails only where the region's one element is outside its buffer.
bool keeps_inside(const Expr& inequality, const Region& r, const Ranges& ranges) {
  const std::optional<Affine> form = slack(inequality);
  for (size_t d = 0; form && d < r.begin.size(); ++d) {
    const auto below = as_affine(r.begin[d]);
    const auto above = as_affine(Expr(r.buffer->shape[d] - 1) - r.begin[d]);
    if (r.extent[d] != 1 || !below || !above) continue;
    if (follows(*below, *form, ranges) || follows(*above, *form, ranges)) return true;
  }
  return false;
}

bool is_scratchpad(const Buffer& b) {
  return b->scope == Scope::kInp || b->scope == Scope::kWgt || b->scope == Scope::kAcc;
}

Region element(const Buffer& buffer, const std::vector<Expr>& indices) {
  return {buffer, indices, std::vector<int64_t>(indices.size(), 1)};
}

// The load that a value is, conversion between integers aside.
const Load* loaded(const Expr& value) {
  const auto* c = std::get_if<Cast>(&value->kind);
  const Expr& inner = c != nullptr ? c->a : value;
  if (!value.type().is_integer() || !inner.type().is_integer()) return nullptr;
  return std::get_if<Load>(&inner->kind);
}

std::optional<Copy> copy_of(const Store& store, const Ranges& ranges) {
  Expr value = store.value;
  std::vector<Expr> inside;
  int64_t padding = 0;
  if (const auto* s = std::get_if<Select>(&value->kind); s != nullptr) {
    add_conjuncts(s->condition, inside);
    value = s->yes;
    const int64_t* constant = as_constant(s->no);
    if (constant == nullptr) return std::nullopt;
    padding = *constant;
  }
  const Load* from = loaded(value);
  if (from == nullptr || wrap(from->buffer->type, padding) != padding) return std::nullopt;
  const bool in = from->buffer->scope == Scope::kGlobal && is_scratchpad(store.buffer);
  const bool out = is_scratchpad(from->buffer) && store.buffer->scope == Scope::kGlobal;
  if (!in && !out) return std::nullopt;
  Copy copy{element(store.buffer, store.indices), element(from->buffer, from->indices), padding};
  const bool is_padding = std::ranges::all_of(
      inside, [&](const Expr& e) { return keeps_inside(e, copy.from, ranges); });
  return is_padding ? std::optional(copy) : std::nullopt;
}

// Which place dimension `d` has among those of extents other than 1, were it one of them.
int64_t rank_of(const Region& r, size_t d) {
  return std::count_if(r.extent.begin(), r.extent.begin() + static_cast<int64_t>(d),
                       [](int64_t e) { return e != 1; });
}

// The dimension along which the region moves with `var` by its own extent; nothing where it moves
// in another way.
std::optional<size_t> stacked_along(const Region& r, const Var& var) {
  std::optional<size_t> along;
  for (size_t d = 0; d < r.begin.size(); ++d) {
    if (!uses(r.begin[d], var)) continue;
    const std::optional<Affine> form = as_affine(r.begin[d]);
    if (along || !form || form->coefficients.at(var) != r.extent[d]) return std::nullopt;
    along = d;
  }
  return along;
}

std::optional<Copy> over_loop(const Copy& copy, const For& loop) {
  const auto to = stacked_along(copy.to, loop.var), from = stacked_along(copy.from, loop.var);
  if (!to || !from || copy.to.extent[*to] != copy.from.extent[*from] ||
      rank_of(copy.to, *to) != rank_of(copy.from, *from)) {
    return std::nullopt;
  }
  Copy whole = copy;
  for (const auto& [region, d] : {std::pair(&whole.to, *to), std::pair(&whole.from, *from)}) {
    region->extent[d] *= loop.extent;
    region->begin[d] = simplify(substitute(region->begin[d], {{loop.var, Expr(0)}}));
  }
  return whole;
}

class CopyFormer {
 public:
  explicit CopyFormer(const Stmt& body) {
    for_each_stmt(body, [&](const Stmt& s) {
      if (const For* n = as<For>(s)) ranges_[n->var] = {0, n->extent - 1};
      if (const Store* n = as<Store>(s)) ++writers_[n->buffer.get()];
      if (const Copy* n = as<Copy>(s)) ++writers_[n->to.buffer.get()];
      if (const Intrinsic* n = as<Intrinsic>(s)) {
        for (const Region& r : n->regions) ++writers_[r.buffer.get()];
      }
    });
  }

  Stmt operator()(const Stmt& s) const {
    if (const Store* store = as<Store>(s)) {
      const auto copy = copy_of(*store, ranges_);
      return copy ? make_stmt(*copy) : s;
    }
    if (const If* n = as<If>(s)) {
      const Copy* copy = as<Copy>(n->then);
      return copy != nullptr && is_implied(n->condition, *copy) ? n->then : s;
    }
    const For* n = as<For>(s);
    const bool stays =
        n == nullptr || n->kind == LoopKind::kVirtualThread || n->kind == LoopKind::kUnrolled;
    return stays ? s : loop(s, *n);
  }

 private:
  // What a loop becomes; a condition that is not the loop's goes out of it.
  static Stmt loop(const Stmt& s, const For& n) {
    if (const Copy* copy = as<Copy>(n.body)) {
      const auto whole = over_loop(*copy, n);
      return whole ? make_stmt(*whole) : s;
    }
    const If* inner = as<If>(n.body);
    if (inner == nullptr || as<Copy>(inner->then) == nullptr || uses(inner->condition, n.var)) {
      return s;
    }
    For bare = n;
    bare.body = inner->then;
    return make_stmt(If{inner->condition, loop(make_stmt(bare), bare)});
  }

  // Where the condition fails nothing is written, or padding to elements that hold nothing else.
  bool is_implied(const Expr& condition, const Copy& copy) const {
    std::vector<Expr> parts;
    add_conjuncts(condition, parts);
    const bool may_pad = is_scratchpad(copy.to.buffer) && writers_.at(copy.to.buffer.get()) == 1 &&
                         copy.from.buffer->scope == Scope::kGlobal;
    return std::ranges::all_of(parts, [&](const Expr& e) {
      return keeps_inside(e, copy.to, ranges_) || (may_pad && keeps_inside(e, copy.from, ranges_));
    });
  }

  Ranges ranges_;
  std::map<const BufferNode*, int> writers_;
};

}  // namespace

Function form_copies(const Function& f) {
  const CopyFormer former(f.body);
  Function result = f;
  result.body = rewrite(f.body, {.stmt = [&](const Stmt& s) { return former(s); }});
  return result;
}

}  // namespace vta::loop
