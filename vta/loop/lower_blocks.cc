// lower_blocks: a block's variables give way to their bindings, and what the block said about when
// it runs becomes Ifs.
#include "vta/loop/analysis.h"
#include "vta/loop/passes.h"
#include "vta/loop/rewrite.h"

namespace vta::loop {

namespace {

// Where the block makes the first step of its reduction.
Expr first_step(const Block& block) {
  Expr first = constant(kBool, 1);
  for (const BlockIter& i : block.iters) {
    if (i.kind == BlockIter::Kind::kReduce) first = first && i.binding == Expr(0);
  }
  return first;
}

Stmt plain(const Block& block) {
  Substitution bindings;
  for (const BlockIter& i : block.iters) bindings[i.var] = i.binding;
  std::vector<Stmt> parts;
  if (block.init) {
    parts.push_back(make_stmt(If{first_step(block), substitute(block.init, bindings)}));
  }
  parts.push_back(substitute(block.body, bindings));
  Stmt result = make_seq(std::move(parts));
  return block.predicate ? make_stmt(If{block.predicate, result}) : result;
}

}  // namespace

Function lower_blocks(const Function& f) {
  Function result = f;
  result.body = simplify(rewrite(f.body, {.stmt = [](const Stmt& s) {
                                   const Block* block = as<Block>(s);
                                   return block != nullptr ? plain(*block) : s;
                                 }}));
  return result;
}

}  // namespace vta::loop
