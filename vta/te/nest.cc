#include "vta/te/nest.h"

#include <fmt/format.h>

#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"

namespace vta::te {

Stmt nest_over(const Function& f, const Block& block, const std::vector<IterRange>& ranges,
               const loop::Ranges& around) {
  Block moved = block;
  moved.predicate = Expr();
  loop::Ranges known = around;
  std::vector<For> loops;
  for (size_t i = 0; i < ranges.size(); ++i) {
    loop::BlockIter& iter = moved.iters[i];
    std::string wish = fmt::format("{}_{}", block.name, without_v(iter.var.name()));
    // A dimension and a reduction's axis may have one name.
    const auto is_same = [&](const For& n) { return n.var.name() == fresh_name(f, wish); };
    if (std::ranges::any_of(loops, is_same)) wish += fmt::format("_{}", i);
    const Var var(fresh_name(f, wish));
    loops.push_back({var, ranges[i].extent, loop::LoopKind::kSerial, Stmt()});
    known[var] = {0, ranges[i].extent - 1};
    iter.binding = simplify(ranges[i].begin + var, known);
    moved.predicate = both(moved.predicate, inside(iter.binding, iter.extent, known));
  }
  Stmt nest = make_stmt(std::move(moved));
  for (auto it = loops.rbegin(); it != loops.rend(); ++it) {
    it->body = nest;
    nest = make_stmt(*it);
  }
  return nest;
}

void require_same_inputs(const Function& f, const Path& from, const Stmt& to,
                         std::string_view what) {
  const std::vector<Stmt> around = loops_of(from);
  for (const Access& a : accesses(block_at(from))) {
    for (const Stmt& writer : blocks_in(f.body)) {
      if (a.is_write || writer.same_as(from.back()) || !writes(writer, a.buffer)) continue;
      for (const Stmt& loop : around) {
        require(!contains(loop, writer) || contains(loop, to),
                "{}: it reads {}, which block {} computes anew in each iteration of loop {}", what,
                a.buffer->name, loop::as<Block>(writer)->name, loop::as<For>(loop)->var.name());
      }
    }
  }
}

namespace {

// Those parts of a conjunction that use no loop of `dropped`.
Expr without_loops(const Expr& condition, const std::vector<Var>& dropped) {
  Expr kept;
  for (const Expr& e : conjuncts(condition)) {
    const bool uses_one =
        std::ranges::any_of(dropped, [&](const Var& v) { return loop::uses(e, v); });
    if (!uses_one) kept = both(kept, e);
  }
  return kept;
}

}  // namespace

Stmt nest_apart(const Function& f, Block block, const Path& path, const std::string& suffix) {
  std::vector<For> kept;
  std::vector<Var> dropped;
  loop::Substitution renamed;
  for (const Stmt& s : loops_of(path)) {
    const For& n = *loop::as<For>(s);
    const bool is_used = std::ranges::any_of(
        block.iters, [&](const loop::BlockIter& i) { return loop::uses(i.binding, n.var); });
    if (!is_used) {
      dropped.push_back(n.var);
      continue;
    }
    const Var var(fresh_name(f, fmt::format("{}_{}", n.var.name(), suffix)));
    renamed[n.var] = var;
    kept.push_back({var, n.extent, loop::LoopKind::kSerial, Stmt()});
  }
  const Expr predicate = without_loops(block.predicate, dropped);
  block.predicate = predicate ? substitute(predicate, renamed) : Expr();
  for (loop::BlockIter& i : block.iters) {
    const Var fresh(i.var.name());
    if (block.init) block.init = substitute(block.init, {{i.var, fresh}});
    block.body = substitute(block.body, {{i.var, fresh}});
    i.var = fresh;
    i.binding = substitute(i.binding, renamed);
  }
  Stmt nest = make_stmt(std::move(block));
  for (auto it = kept.rbegin(); it != kept.rend(); ++it) nest = make_for(it->var, it->extent, nest);
  return nest;
}

Function without_block(const Function& f, const Path& path) {
  Function result = f;
  result.body = exchange(f.body, path.back(), Stmt());
  return result;
}

bool is_allocated(const Function& f, const Buffer& buffer) {
  return std::ranges::find(f.parameters, buffer) == f.parameters.end();
}

Function without_allocation(const Function& f, const Buffer& buffer) {
  Function result = f;
  result.body = rewrite(f.body, {.stmt = [&](const Stmt& s) {
                          const auto* n = loop::as<loop::Alloc>(s);
                          return n != nullptr && n->buffer == buffer ? n->body : s;
                        }});
  return result;
}

Function sink_allocation(const Function& f, const Buffer& buffer, const std::string& loop) {
  const Stmt whole = find_loop(f, loop).back();
  for (const Stmt& block : blocks_in(f.body)) {
    if (!contains(whole, block) && (reads(block, buffer) || writes(block, buffer))) return f;
  }
  Function result = without_allocation(f, buffer);
  const Path path = find_loop(result, loop);
  For owner = loop_at(path);
  owner.body = make_stmt(loop::Alloc{buffer, owner.body});
  result.body = exchange(result.body, path.back(), make_stmt(owner));
  return result;
}

}  // namespace vta::te
