// decompose_reduction: the init of a reduction becomes a block with loops of its own, before a
// loop.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/access.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

// Those parts of a conjunction that use no loop of `dropped`.
Expr without_loops(const Expr& condition, const std::vector<Var>& dropped) {
  const auto* n = condition ? std::get_if<loop::Binary>(&condition->kind) : nullptr;
  if (n != nullptr && n->op == loop::BinaryOp::kAnd) {
    return both(without_loops(n->a, dropped), without_loops(n->b, dropped));
  }
  if (!condition) return condition;
  const bool uses_one =
      std::ranges::any_of(dropped, [&](const Var& v) { return loop::uses(condition, v); });
  return uses_one ? Expr() : condition;
}

}  // namespace

Result decompose_reduction(const Function& f, const std::string& block, const std::string& loop) {
  const std::string what = "decompose_reduction " + block;
  const Path path = find_block(f, block);
  const Block& whole = block_at(path);
  require(static_cast<bool>(whole.init), "{}: it has no init", what);
  const auto first = std::ranges::find_if(path, [&](const Stmt& s) {
    const For* n = loop::as<For>(s);
    return n != nullptr && n->var.name() == loop;
  });
  require(first != path.end(), "{}: it is not inside loop {}", what, loop);
  require(blocks_in(*first).size() == 1, "{}: loop {} holds other blocks too", what, loop);
  for (auto it = path.begin(); it != first; ++it) {
    const For* n = loop::as<For>(*it);
    if (n == nullptr) continue;
    for (const loop::BlockIter& i : whole.iters) {
      require(i.kind == loop::BlockIter::Kind::kSpatial || !loop::uses(i.binding, n->var),
              "{}: it reduces over loop {}, which is outside {}", what, n->var.name(), loop);
    }
  }

  Block init{fresh_name(f, block + "_init"), {}, Expr(), Stmt(), whole.init, {}};
  for (const loop::BlockIter& i : whole.iters) {
    if (i.kind == loop::BlockIter::Kind::kSpatial) init.iters.push_back(i);
  }
  std::vector<For> kept;
  std::vector<Var> dropped;
  loop::Substitution renamed;
  for (auto it = first; it != path.end(); ++it) {
    const For* n = loop::as<For>(*it);
    if (n == nullptr) continue;
    const bool is_used = std::ranges::any_of(
        init.iters, [&](const loop::BlockIter& i) { return loop::uses(i.binding, n->var); });
    if (!is_used) {
      dropped.push_back(n->var);
      continue;
    }
    const Var var(fresh_name(f, n->var.name() + "_init"));
    renamed[n->var] = var;
    kept.push_back({var, n->extent, loop::LoopKind::kSerial, Stmt()});
  }
  for (loop::BlockIter& i : init.iters) {
    const Var fresh(i.var.name());
    init.body = substitute(init.body, {{i.var, fresh}});
    i.var = fresh;
  }
  const Expr predicate = without_loops(whole.predicate, dropped);
  init.predicate = predicate ? substitute(predicate, renamed) : Expr();
  for (loop::BlockIter& i : init.iters) i.binding = substitute(i.binding, renamed);
  Result result{f, {init.name}};
  Stmt nest = make_stmt(std::move(init));
  for (auto it = kept.rbegin(); it != kept.rend(); ++it) nest = make_for(it->var, it->extent, nest);

  Block update = whole;
  update.init = Stmt();
  const Stmt rest = exchange(*first, path.back(), make_stmt(std::move(update)));
  result.function.body = exchange(f.body, *first, make_seq({nest, rest}));
  return result;
}

}  // namespace vta::te::rewrites
