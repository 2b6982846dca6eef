#include "vta/loop/rewrite.h"

#include <algorithm>

namespace vta::loop {

namespace {

using Visit = std::function<void(const Expr&)>;

void visit_all(const std::vector<Expr>& list, const Visit& visit) {
  for (const Expr& e : list) for_each_expr(e, visit);
}

// The expressions directly in a statement, not those of statements in it.
void own_exprs(const Stmt& s, const Visit& visit) {
  match(
      s, [](const For&) {}, [](const Seq&) {}, [](const Alloc&) {},
      [&](const Store& n) {
        visit_all(n.indices, visit);
        for_each_expr(n.value, visit);
      },
      [&](const If& n) { for_each_expr(n.condition, visit); },
      [&](const Copy& n) {
        visit_all(n.to.begin, visit);
        visit_all(n.from.begin, visit);
      },
      [&](const Intrinsic& n) {
        for (const Region& r : n.regions) visit_all(r.begin, visit);
        visit_all(n.scalars, visit);
      },
      [&](const Block& n) {
        for (const BlockIter& i : n.iters) for_each_expr(i.binding, visit);
        if (n.predicate) for_each_expr(n.predicate, visit);
      });
}

class Rebuild {
 public:
  explicit Rebuild(const Rewriter& with) : with_(with) {}

  Expr expr(const Expr& e) {
    if (!e) return e;
    const Expr rebuilt = match(
        e, [&](const IntConstant&) { return e; }, [&](const FloatConstant&) { return e; },
        [&](const Var&) { return e; },
        [&](const Binary& n) {
          Expr a = expr(n.a), b = expr(n.b);
          return a.same_as(n.a) && b.same_as(n.b) ? e : binary(n.op, a, b);
        },
        [&](const Select& n) {
          Expr c = expr(n.condition), y = expr(n.yes), o = expr(n.no);
          return c.same_as(n.condition) && y.same_as(n.yes) && o.same_as(n.no) ? e
                                                                               : select(c, y, o);
        },
        [&](const Cast& n) {
          Expr a = expr(n.a);
          return a.same_as(n.a) ? e : cast(e.type(), a);
        },
        [&](const Load& n) {
          bool changed = false;
          std::vector<Expr> indices = exprs(n.indices, changed);
          Buffer b = buffer(n.buffer, changed);
          return changed ? load(b, indices) : e;
        },
        [&](const Call& n) {
          bool changed = false;
          std::vector<Expr> arguments = exprs(n.arguments, changed);
          return changed ? call(n.function, arguments) : e;
        });
    return with_.expr ? with_.expr(rebuilt) : rebuilt;
  }

  Stmt stmt(const Stmt& s) {
    if (!s) return s;
    bool changed = false;
    const Stmt rebuilt = match(s, [&](const auto& node) {
      auto copy = node;
      children(copy, changed);
      return changed ? make_stmt(std::move(copy)) : s;
    });
    return with_.stmt ? with_.stmt(rebuilt) : rebuilt;
  }

 private:
  void children(For& n, bool& changed) { update(n.body, changed); }
  void children(Store& n, bool& changed) {
    n.indices = exprs(n.indices, changed);
    update(n.value, changed);
    n.buffer = buffer(n.buffer, changed);
  }
  void children(If& n, bool& changed) {
    update(n.condition, changed);
    update(n.then, changed);
  }
  void children(Seq& n, bool& changed) {
    for (Stmt& part : n.statements) update(part, changed);
  }
  void children(Alloc& n, bool& changed) {
    n.buffer = buffer(n.buffer, changed);
    update(n.body, changed);
  }
  void children(Copy& n, bool& changed) {
    region(n.to, changed);
    region(n.from, changed);
  }
  void children(Intrinsic& n, bool& changed) {
    for (Region& r : n.regions) region(r, changed);
    n.scalars = exprs(n.scalars, changed);
  }
  void children(Block& n, bool& changed) {
    for (BlockIter& i : n.iters) update(i.binding, changed);
    update(n.predicate, changed);
    update(n.init, changed);
    update(n.body, changed);
  }

  void region(Region& r, bool& changed) {
    r.begin = exprs(r.begin, changed);
    r.buffer = buffer(r.buffer, changed);
  }

  void update(Expr& e, bool& changed) {
    Expr rebuilt = expr(e);
    changed |= !rebuilt.same_as(e);
    e = std::move(rebuilt);
  }
  void update(Stmt& s, bool& changed) {
    Stmt rebuilt = stmt(s);
    changed |= !rebuilt.same_as(s);
    s = std::move(rebuilt);
  }
  std::vector<Expr> exprs(std::vector<Expr> list, bool& changed) {
    for (Expr& e : list) update(e, changed);
    return list;
  }
  Buffer buffer(const Buffer& b, bool& changed) {
    if (!with_.buffer) return b;
    Buffer rebuilt = with_.buffer(b);
    changed |= rebuilt != b;
    return rebuilt;
  }

  const Rewriter& with_;
};

}  // namespace

void for_each_expr(const Expr& e, const Visit& visit) {
  if (!e) return;
  match(
      e, [](const IntConstant&) {}, [](const FloatConstant&) {}, [](const Var&) {},
      [&](const Binary& n) {
        for_each_expr(n.a, visit);
        for_each_expr(n.b, visit);
      },
      [&](const Select& n) {
        for_each_expr(n.condition, visit);
        for_each_expr(n.yes, visit);
        for_each_expr(n.no, visit);
      },
      [&](const Cast& n) { for_each_expr(n.a, visit); },
      [&](const Load& n) { visit_all(n.indices, visit); },
      [&](const Call& n) { visit_all(n.arguments, visit); });
  visit(e);
}

void for_each_stmt(const Stmt& s, const std::function<void(const Stmt&)>& visit) {
  if (!s) return;
  visit(s);
  match(
      s, [&](const For& n) { for_each_stmt(n.body, visit); }, [](const Store&) {},
      [&](const If& n) { for_each_stmt(n.then, visit); },
      [&](const Seq& n) {
        for (const Stmt& part : n.statements) for_each_stmt(part, visit);
      },
      [&](const Alloc& n) { for_each_stmt(n.body, visit); }, [](const Copy&) {},
      [](const Intrinsic&) {},
      [&](const Block& n) {
        for_each_stmt(n.init, visit);
        for_each_stmt(n.body, visit);
      });
}

void for_each_expr(const Stmt& s, const Visit& visit) {
  for_each_stmt(s, [&](const Stmt& part) { own_exprs(part, visit); });
}

Expr rewrite(const Expr& e, const Rewriter& with) {
  return Rebuild(with).expr(e);
}

Stmt rewrite(const Stmt& s, const Rewriter& with) {
  return Rebuild(with).stmt(s);
}

namespace {

Rewriter substituting(const Substitution& values) {
  return {.expr = [&values](const Expr& e) {
    const Var* var = as_var(e);
    if (var == nullptr) return e;
    const auto it = values.find(*var);
    return it == values.end() ? e : it->second;
  }};
}

}  // namespace

Expr substitute(const Expr& e, const Substitution& values) {
  return rewrite(e, substituting(values));
}

Stmt substitute(const Stmt& s, const Substitution& values) {
  return rewrite(s, substituting(values));
}

Stmt replace_buffer(const Stmt& s, const Buffer& old_one, const Buffer& new_one) {
  return rewrite(s, {.buffer = [&](const Buffer& b) { return b == old_one ? new_one : b; }});
}

bool uses(const Expr& e, const Var& var) {
  bool found = false;
  for_each_expr(e, [&](const Expr& part) {
    const Var* v = as_var(part);
    found |= v != nullptr && *v == var;
  });
  return found;
}

}  // namespace vta::loop
