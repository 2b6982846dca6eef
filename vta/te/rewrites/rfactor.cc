// rfactor: a reduction becomes two. The first one keeps a partial result for each iteration of one
// of its loops, which are then independent of each other; the second one combines them.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"
#include "vta/te/tensor.h"

namespace vta::te::rewrites {

namespace {

using Kind = loop::BlockIter::Kind;

// store = combiner(what is there, value), from an identity.
struct Parts {
  loop::BinaryOp combiner;
  Expr identity;
  std::vector<Expr> indices;
  Expr value;
};
Parts require_reduction(const Block& block, const std::string& what) {
  const auto* body = loop::as<loop::Store>(block.body);
  const auto* init = loop::as<loop::Store>(block.init);
  require(body != nullptr && init != nullptr, "{}: it is no reduction with an init", what);
  const auto* n = std::get_if<loop::Binary>(&body->value->kind);
  const bool combines =
      n != nullptr && (n->op == loop::BinaryOp::kAdd || n->op == loop::BinaryOp::kMin ||
                       n->op == loop::BinaryOp::kMax);
  require(combines && equal(n->a, load(body->buffer, body->indices)),
          "{}: it is no sum, minimum or maximum", what);
  return {n->op, init->value, body->indices, n->b};
}

// The loops outside a block that its reduction variables use, and no spatial one.
std::vector<For> reduction_loops(const Block& block, const Path& path, const std::string& what) {
  std::vector<For> result;
  for (const Stmt& s : loops_of(path)) {
    const For& n = *loop::as<For>(s);
    const auto moves = [&](Kind kind) {
      return std::ranges::any_of(block.iters, [&](const loop::BlockIter& i) {
        return i.kind == kind && loop::uses(i.binding, n.var);
      });
    };
    if (!moves(Kind::kReduce)) continue;
    require(!moves(Kind::kSpatial), "{}: loop {} is both spatial and a reduction", what,
            n.var.name());
    result.push_back(n);
  }
  return result;
}

bool uses_one_of(const Expr& e, const std::vector<For>& loops) {
  return std::ranges::any_of(loops, [&](const For& n) { return loop::uses(e, n.var); });
}

// Apart what depends on the reduction's loops: a step that does not run adds nothing.
struct Conditions {
  Expr spatial, reduction;
};
Conditions separated(const Expr& predicate, const std::vector<For>& loops,
                     const std::string& what) {
  Conditions result;
  for (const Expr& e : conjuncts(predicate)) {
    if (!uses_one_of(e, loops)) {
      result.spatial = both(result.spatial, e);
      continue;
    }
    for_each_expr(e, [&](const Expr& part) {
      const Var* v = loop::as_var(part);
      if (v == nullptr || uses_one_of(part, loops)) return;
      fail("{}: {} mixes the reduction with loop {}", what, to_string(e), v->name());
    });
    result.reduction = both(result.reduction, e);
  }
  return result;
}

}  // namespace

Result rfactor(const Function& f, const std::string& block, const std::string& loop) {
  const std::string what = fmt::format("rfactor {} {}", block, loop);
  const Path path = find_block(f, block);
  const Block& whole = block_at(path);
  const Owner owner = require_owner(whole, what);
  const Parts parts = require_reduction(whole, what);
  require(equal(parts.identity, identity_of(parts.combiner, parts.identity.type())),
          "{}: its init is {}, which would count once for each part", what,
          to_string(parts.identity));
  const std::vector<For> loops = reduction_loops(whole, path, what);
  const auto chosen =
      std::ranges::find_if(loops, [&](const For& n) { return n.var.name() == loop; });
  require(chosen != loops.end(), "{}: it does not reduce over loop {}", what, loop);
  const auto first = std::ranges::find_if(path, [&](const Stmt& s) {
    return loop::as<For>(s) != nullptr && loop::as<For>(s)->var == loops[0].var;
  });
  require(blocks_in(*first).size() == 1, "{}: loop {} holds other blocks too", what,
          loops[0].var.name());
  const Conditions conditions = separated(whole.predicate, loops, what);

  loop::BufferNode node = *owner.buffer;
  node.name = fresh_name(f, owner.buffer->name + "_rf");
  node.shape.insert(node.shape.begin(), chosen->extent);
  node.strides.clear();
  node.origin = nullptr;
  const Buffer partial = std::make_shared<const loop::BufferNode>(std::move(node));

  // The parts: the chosen loop is spatial, the other ones reduce, each under a variable of its own.
  Block part{partial->name, {}, conditions.spatial, Stmt(), Stmt(), whole.annotations};
  Block combined{whole.name, {}, conditions.spatial, Stmt(), Stmt(), {}};
  loop::Substitution steps, values;
  const Var number("v" + loop), combined_number("v" + loop);
  for (const loop::BlockIter& i : whole.iters) {
    if (i.kind != Kind::kSpatial) continue;
    part.iters.push_back(i);
    combined.iters.push_back(i);
  }
  part.iters.push_back({number, chosen->extent, Kind::kSpatial, chosen->var});
  combined.iters.push_back({combined_number, chosen->extent, Kind::kReduce, chosen->var});
  steps[chosen->var] = number;
  for (const For& n : loops) {
    if (n.var == chosen->var) continue;
    const Var v("v" + n.var.name());
    part.iters.push_back({v, n.extent, Kind::kReduce, n.var});
    steps[n.var] = v;
  }
  for (const loop::BlockIter& i : whole.iters) {
    if (i.kind == Kind::kReduce) values[i.var] = substitute(i.binding, steps);
  }
  Expr value = substitute(parts.value, values);
  if (conditions.reduction) {
    value = select(substitute(conditions.reduction, steps), value, parts.identity);
  }
  const auto at = [&](const Var& v) {
    std::vector<Expr> indices = parts.indices;
    indices.insert(indices.begin(), Expr(v));
    return indices;
  };
  const bool is_sum = loops.size() > 1;
  part.body = make_store(partial, at(number),
                         is_sum ? binary(parts.combiner, load(partial, at(number)), value) : value);
  if (is_sum) part.init = make_store(partial, at(number), parts.identity);
  combined.init = whole.init;
  combined.body = make_store(owner.buffer, parts.indices,
                             binary(parts.combiner, load(owner.buffer, parts.indices),
                                    load(partial, at(combined_number))));

  Result result{f, {part.name}};
  const Stmt after = nest_apart(f, std::move(combined), {first, path.end()}, "rf");
  const Stmt before = exchange(*first, path.back(), make_stmt(std::move(part)));
  result.function.body =
      exchange(f.body, *first, make_stmt(loop::Alloc{partial, make_seq({before, after})}));
  return result;
}

}  // namespace vta::te::rewrites
