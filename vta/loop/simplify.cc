// Simplification. Index arithmetic goes through a linear form, constant + sum of coefficient *
// atom, where an atom is a variable or an expression that is not linear; divisions and remainders
// by constants are split into what divides evenly and a rest whose range may decide them.
#include <algorithm>
#include <numeric>

#include "vta/loop/analysis.h"
#include "vta/loop/arithmetic.h"
#include "vta/loop/rewrite.h"

namespace vta::loop {

namespace {

class Linear {
 public:
  struct Term {
    Expr atom;
    int64_t coefficient;
  };
  int64_t constant = 0;
  std::vector<Term> terms;  // variables by age, then other atoms; no coefficient is 0

  void add(const Expr& atom, int64_t coefficient) {
    if (coefficient == 0) return;
    const auto it = std::ranges::find_if(terms, [&](const Term& t) { return equal(t.atom, atom); });
    if (it == terms.end()) {
      terms.insert(std::ranges::upper_bound(terms, atom, before, &Term::atom), {atom, coefficient});
    } else if (it->coefficient += coefficient; it->coefficient == 0) {
      terms.erase(it);
    }
  }
  void add(const Linear& other, int64_t scale) {
    constant += scale * other.constant;
    for (const Term& t : other.terms) add(t.atom, scale * t.coefficient);
  }

  Expr expr() const {
    Expr sum;
    for (const Term& t : terms) {
      if (t.coefficient < 0) continue;
      const Expr part = t.coefficient == 1 ? t.atom : t.atom * t.coefficient;
      sum = sum ? sum + part : part;
    }
    const bool constant_first = !sum && constant > 0;  // 3 - i
    if (constant_first) sum = constant;
    for (const Term& t : terms) {
      if (t.coefficient >= 0) continue;
      if (!sum) {
        sum = t.atom * t.coefficient;
      } else {
        sum = sum - (t.coefficient == -1 ? t.atom : t.atom * -t.coefficient);
      }
    }
    if (!sum) return constant;
    if (constant == 0 || constant_first) return sum;
    return constant > 0 ? sum + constant : sum - -constant;
  }

 private:
  static bool before(const Expr& a, const Expr& b) {
    const Var* x = as_var(a);
    const Var* y = as_var(b);
    if (x != nullptr && y != nullptr) return *x < *y;
    return x != nullptr && y == nullptr;
  }
};

class Simplifier {
 public:
  explicit Simplifier(Ranges ranges) : ranges_(std::move(ranges)) {}

  Expr expr(const Expr& e) const {
    return rewrite(e, {.expr = [this](const Expr& part) { return step(part); }});
  }

  Stmt stmt(const Stmt& s) {
    if (!s) return s;
    return match(s, [&](const auto& node) { return statement(s, node); });
  }

 private:
  // `e`'s operands are simple already.
  Expr step(const Expr& e) const {
    if (const auto* n = std::get_if<Binary>(&e->kind)) return binary_step(e, *n);
    if (const auto* n = std::get_if<Select>(&e->kind)) {
      if (const int64_t* c = as_constant(n->condition)) return *c != 0 ? n->yes : n->no;
      return equal(n->yes, n->no) ? n->yes : e;
    }
    if (const auto* n = std::get_if<Cast>(&e->kind)) {
      const int64_t* c = as_constant(n->a);
      if (c == nullptr || e.type().is_float()) return e;
      return constant(e.type(), convert(e.type(), n->a.type(), {.integer = *c}).integer);
    }
    return e;
  }

  Expr binary_step(const Expr& e, const Binary& n) const {
    if (n.a.type().is_float()) return e;
    const int64_t* a = as_constant(n.a);
    const int64_t* b = as_constant(n.b);
    if (a != nullptr && b != nullptr && !undefined(n.op, *b)) {
      return constant(e.type(), apply(n.op, n.a.type(), {.integer = *a}, {.integer = *b}).integer);
    }
    if (n.a.type().is_bool()) return logic(e, n);
    if (n.a.type() != kIndex) return identities(e, n);
    switch (n.op) {
      case BinaryOp::kAdd:
      case BinaryOp::kSub:
      case BinaryOp::kMul:
        return joined(linear(e)).expr();
      case BinaryOp::kFloorDiv:
        return b != nullptr && *b > 0 ? quotient(linear(n.a), *b) : e;
      case BinaryOp::kFloorMod:
        return b != nullptr && *b > 0 ? remainder(linear(n.a), *b) : e;
      case BinaryOp::kMin:
      case BinaryOp::kMax:
        return extremum(e, n);
      case BinaryOp::kEq:
      case BinaryOp::kNe:
      case BinaryOp::kLt:
      case BinaryOp::kLe:
        return comparison(e, n);
      default:
        return e;
    }
  }

  static bool undefined(BinaryOp op, int64_t b) {
    if (op == BinaryOp::kFloorDiv || op == BinaryOp::kFloorMod) return b == 0;
    return (op == BinaryOp::kShl || op == BinaryOp::kShr) && b < 0;
  }

  static Expr logic(const Expr& e, const Binary& n) {
    if (n.op != BinaryOp::kAnd && n.op != BinaryOp::kOr) return e;
    // The constant that leaves the other operand as it is.
    const int64_t neutral = n.op == BinaryOp::kAnd ? 1 : 0;
    if (const int64_t* a = as_constant(n.a)) return *a == neutral ? n.b : n.a;
    if (const int64_t* b = as_constant(n.b)) return *b == neutral ? n.a : n.b;
    return equal(n.a, n.b) ? n.a : e;
  }

  // Values other than indices: only what does not reorder.
  static Expr identities(const Expr& e, const Binary& n) {
    const bool adds = n.op == BinaryOp::kAdd || n.op == BinaryOp::kSub || n.op == BinaryOp::kShl ||
                      n.op == BinaryOp::kShr;
    if (adds && is_constant(n.b, 0)) return n.a;
    if (n.op == BinaryOp::kAdd && is_constant(n.a, 0)) return n.b;
    if (n.op == BinaryOp::kMul && is_constant(n.b, 1)) return n.a;
    if (n.op == BinaryOp::kMul && is_constant(n.a, 1)) return n.b;
    return e;
  }

  static Linear linear(const Expr& e) {
    Linear result;
    if (const int64_t* c = as_constant(e)) {
      result.constant = *c;
      return result;
    }
    const auto* n = std::get_if<Binary>(&e->kind);
    if (n != nullptr && (n->op == BinaryOp::kAdd || n->op == BinaryOp::kSub)) {
      result = linear(n->a);
      result.add(linear(n->b), n->op == BinaryOp::kAdd ? 1 : -1);
    } else if (n != nullptr && n->op == BinaryOp::kMul && as_constant(n->b) != nullptr) {
      result.add(linear(n->a), *as_constant(n->b));
    } else if (n != nullptr && n->op == BinaryOp::kMul && as_constant(n->a) != nullptr) {
      result.add(linear(n->b), *as_constant(n->a));
    } else {
      result.add(e, 1);
    }
    return result;
  }

  // x // c * (c * k) + x % c * k becomes x * k.
  static Linear joined(Linear sum) {
    for (const Linear::Term& t : sum.terms) {
      const auto* rest = std::get_if<Binary>(&t.atom->kind);
      if (rest == nullptr || rest->op != BinaryOp::kFloorMod) continue;
      const int64_t* c = as_constant(rest->b);
      if (c == nullptr) continue;
      for (const Linear::Term& u : sum.terms) {
        const auto* whole = std::get_if<Binary>(&u.atom->kind);
        if (whole == nullptr || whole->op != BinaryOp::kFloorDiv || !equal(whole->a, rest->a) ||
            !is_constant(whole->b, *c) || u.coefficient != t.coefficient * *c) {
          continue;
        }
        Linear shorter = sum;
        shorter.add(u.atom, -u.coefficient);
        shorter.add(t.atom, -t.coefficient);
        shorter.add(linear(rest->a), t.coefficient);
        return joined(std::move(shorter));
      }
    }
    return sum;
  }

  // x = c * multiple + rest.
  struct Split {
    Linear multiple, rest;
  };
  Split split(const Linear& x, int64_t c) const {
    Split s;
    s.multiple.constant = floor_div(x.constant, c);
    s.rest.constant = x.constant - c * s.multiple.constant;
    for (const Linear::Term& t : x.terms) {
      if (t.coefficient % c == 0) {
        s.multiple.add(t.atom, t.coefficient / c);
      } else {
        s.rest.add(t.atom, t.coefficient);
      }
    }
    // A rest that stays between two neighbouring multiples gives up its whole part.
    if (const auto range = bounds(s.rest.expr(), ranges_)) {
      const int64_t whole = floor_div(range->low, c);
      if (whole == floor_div(range->high, c)) {
        s.multiple.constant += whole;
        s.rest.constant -= whole * c;
      }
    }
    return s;
  }

  bool is_below(const Linear& rest, int64_t c) const {
    const auto range = bounds(rest.expr(), ranges_);
    return range && range->low >= 0 && range->high < c;
  }

  static int64_t common_factor(const Linear& rest, int64_t c) {
    int64_t g = c;
    for (const Linear::Term& t : rest.terms) g = std::gcd(g, t.coefficient);
    return g;
  }

  static Linear divided(const Linear& x, int64_t g) {
    Linear result;
    result.constant = floor_div(x.constant, g);
    for (const Linear::Term& t : x.terms) result.add(t.atom, t.coefficient / g);
    return result;
  }

  // The largest size, a divisor of c, for which x = size * multiple + rest with rest inside a tile.
  struct Tiles {
    int64_t size = 1;
    Split parts;
  };
  Tiles tiles(const Linear& x, int64_t c) const {
    Tiles best;
    for (const Linear::Term& t : x.terms) {
      const int64_t size = std::gcd(t.coefficient, c);
      if (size <= best.size) continue;
      Split parts = split(x, size);
      if (is_below(parts.rest, size)) best = {size, std::move(parts)};
    }
    return best;
  }

  Expr quotient(const Linear& x, int64_t c) const {
    if (c == 1) return x.expr();
    Split s = split(x, c);
    if (is_below(s.rest, c)) return s.multiple.expr();
    // (g y + r) // (g d) = y // d.
    if (const Tiles t = tiles(s.rest, c); t.size > 1) {
      s.multiple.add(linear(quotient(t.parts.multiple, c / t.size)), 1);
      return s.multiple.expr();
    }
    // (g y + r) // (g d) = (y + r // g) // d.
    const int64_t g = common_factor(s.rest, c);
    Linear inner = divided(s.rest, g);
    int64_t divisor = c / g;
    // (y // a) // d = y // (a d).
    if (inner.constant == 0 && inner.terms.size() == 1 && inner.terms[0].coefficient == 1) {
      const auto* n = std::get_if<Binary>(&inner.terms[0].atom->kind);
      const int64_t* a = n != nullptr && n->op == BinaryOp::kFloorDiv ? as_constant(n->b) : nullptr;
      if (a != nullptr && *a > 0) {
        s.multiple.add(linear(quotient(linear(n->a), *a * divisor)), 1);
        return s.multiple.expr();
      }
    }
    s.multiple.add(inner.expr() / divisor, 1);
    return s.multiple.expr();
  }

  Expr remainder(const Linear& x, int64_t c) const {
    if (c == 1) return 0;
    const Split s = split(x, c);
    if (is_below(s.rest, c)) return s.rest.expr();
    // (g y + r) % (g d) = g * (y % d) + r.
    if (const Tiles t = tiles(s.rest, c); t.size > 1) {
      Linear result = t.parts.rest;
      result.add(linear(remainder(t.parts.multiple, c / t.size)), t.size);
      return result.expr();
    }
    // (g y + r) % (g d) = g * ((y + r // g) % d) + r % g.
    const int64_t g = common_factor(s.rest, c);
    Linear result;
    result.constant = s.rest.constant - floor_div(s.rest.constant, g) * g;
    result.add(divided(s.rest, g).expr() % (c / g), g);
    return result.expr();
  }

  std::optional<Interval> difference(const Binary& n) const {
    Linear d = linear(n.a);
    d.add(linear(n.b), -1);
    return bounds(d.expr(), ranges_);
  }

  Expr extremum(const Expr& e, const Binary& n) const {
    const auto d = difference(n);
    if (!d) return e;
    if (d->high <= 0) return n.op == BinaryOp::kMin ? n.a : n.b;
    if (d->low >= 0) return n.op == BinaryOp::kMin ? n.b : n.a;
    return e;
  }

  Expr comparison(const Expr& e, const Binary& n) const {
    const auto d = difference(n);
    if (!d) return e;
    const auto decided = [](bool value) { return constant(kBool, value ? 1 : 0); };
    switch (n.op) {
      case BinaryOp::kLt:
        if (d->high < 0) return decided(true);
        if (d->low >= 0) return decided(false);
        return of_whole_tiles(e, n);
      case BinaryOp::kLe:
        if (d->high <= 0) return decided(true);
        if (d->low > 0) return decided(false);
        return of_whole_tiles(e, n);
      default:
        if (d->low > 0 || d->high < 0) return decided(n.op == BinaryOp::kNe);
        if (d->low == 0 && d->high == 0) return decided(n.op == BinaryOp::kEq);
        return e;
    }
  }

  // 4 i + j < 8 becomes i < 2 where j is from 0 to 3: a bound that is a multiple of the tile's size
  // does not depend on where in the tile one is.
  Expr of_whole_tiles(const Expr& e, const Binary& n) const {
    Linear d = linear(n.a);
    d.add(linear(n.b), -1);
    if (n.op == BinaryOp::kLe) d.constant -= 1;
    int64_t size = 1;
    for (const Linear::Term& t : d.terms) size = std::max(size, std::abs(t.coefficient));
    Split s = split(d, size);
    if (size == 1 || !is_below(s.rest, size)) return e;
    const int64_t limit = -s.multiple.constant;
    s.multiple.constant = 0;
    Linear negative;
    negative.add(s.multiple, -1);
    const bool is_negative = std::ranges::all_of(
        s.multiple.terms, [](const Linear::Term& t) { return t.coefficient < 0; });
    return is_negative ? Expr(-limit) < negative.expr() : s.multiple.expr() < limit;
  }

  // Statements, from outside in, because ranges come from outside.

  Stmt statement(const Stmt&, const For& n) {
    if (n.extent == 1 && n.kind == LoopKind::kSerial) {
      return stmt(substitute(n.body, {{n.var, Expr(0)}}));
    }
    ranges_[n.var] = {0, n.extent - 1};
    For loop = n;
    loop.body = stmt(n.body);
    ranges_.erase(n.var);
    return is_empty(loop.body) ? loop.body : make_stmt(std::move(loop));
  }
  Stmt statement(const Stmt&, const If& n) {
    const Expr condition = expr(n.condition);
    const int64_t* known = as_constant(condition);
    if (known != nullptr) return *known != 0 ? stmt(n.then) : make_seq({});
    Stmt then = stmt(n.then);
    return is_empty(then) ? then : make_stmt(If{condition, then});
  }
  Stmt statement(const Stmt&, const Seq& n) {
    std::vector<Stmt> parts;
    for (const Stmt& s : n.statements) parts.push_back(stmt(s));
    return make_seq(std::move(parts));
  }
  Stmt statement(const Stmt&, const Alloc& n) {
    Stmt body = stmt(n.body);
    return is_empty(body) ? body : make_stmt(Alloc{n.buffer, body});
  }
  Stmt statement(const Stmt&, const Block& n) {
    Block block = n;
    for (BlockIter& i : block.iters) i.binding = expr(i.binding);
    if (block.predicate) {
      block.predicate = expr(block.predicate);
      if (is_constant(block.predicate, 0)) return make_seq({});
      if (is_constant(block.predicate, 1)) block.predicate = Expr();
    }
    for (const BlockIter& i : block.iters) ranges_[i.var] = {0, i.extent - 1};
    block.init = stmt(block.init);
    block.body = stmt(block.body);
    for (const BlockIter& i : block.iters) ranges_.erase(i.var);
    return make_stmt(std::move(block));
  }
  // Store, Copy, Intrinsic: no statements within.
  Stmt statement(const Stmt& s, const auto&) {
    return rewrite(s, {.expr = [this](const Expr& part) { return step(part); }});
  }

  static bool is_empty(const Stmt& s) {
    const Seq* seq = as<Seq>(s);
    return seq != nullptr && seq->statements.empty();
  }

  Ranges ranges_;
};

}  // namespace

Expr simplify(const Expr& e, const Ranges& ranges) {
  return Simplifier(ranges).expr(e);
}

Stmt simplify(const Stmt& s, const Ranges& ranges) {
  return Simplifier(ranges).stmt(s);
}

}  // namespace vta::loop
