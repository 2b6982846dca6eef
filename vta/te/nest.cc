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
    const std::string& name = iter.var.name();
    const Var var(fresh_name(
        f, fmt::format("{}_{}", block.name, name.substr(name.starts_with("v") ? 1 : 0))));
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
