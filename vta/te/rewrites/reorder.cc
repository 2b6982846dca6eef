// reorder: loops of one chain exchange places. Legal because what a block computes does not depend
// on the order of its iterations: spatial ones are independent, and a reduction's init belongs to
// its first step, whichever loop comes first.
#include <algorithm>
#include <set>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

// From the outermost of `names` inwards, as long as each loop holds nothing but the next one, to
// the innermost of them.
std::vector<Stmt> chain_of(const Function& f, const std::vector<std::string>& names) {
  std::set<std::string> missing(names.begin(), names.end());
  require(missing.size() == names.size(), "reorder: a loop is named twice");
  const std::string* outermost = &names[0];
  size_t depth = find_loop(f, names[0]).size();
  for (const std::string& name : names) {
    const size_t at = find_loop(f, name).size();
    if (at < depth) {
      depth = at;
      outermost = &name;
    }
  }
  std::vector<Stmt> chain;
  for (Stmt s = find_loop(f, *outermost).back(); !missing.empty();) {
    const For* n = loop::as<For>(s);
    require(n != nullptr, "reorder: loop {} is not in one chain with {}: something else is between",
            *missing.begin(), *outermost);
    chain.push_back(s);
    missing.erase(n->var.name());
    s = n->body;
  }
  return chain;
}

bool any_binding_uses(const Block& block, loop::BlockIter::Kind kind, const Var& var) {
  return std::ranges::any_of(block.iters, [&](const loop::BlockIter& i) {
    return i.kind == kind && loop::uses(i.binding, var);
  });
}

void require_one_kind(const For& n) {
  using Kind = loop::BlockIter::Kind;
  for (const Stmt& s : blocks_in(n.body)) {
    const Block& block = *loop::as<Block>(s);
    // A decomposed reduction's steps may come in any order.
    const bool has_first_step = block.init || loop::as<loop::Seq>(block.body) != nullptr;
    const bool is_mixed = has_first_step && any_binding_uses(block, Kind::kSpatial, n.var) &&
                          any_binding_uses(block, Kind::kReduce, n.var);
    require(!is_mixed, "reorder: loop {} is both spatial and a reduction in block {}", n.var.name(),
            block.name);
  }
}

}  // namespace

Result reorder(const Function& f, const std::vector<std::string>& loops) {
  require(!loops.empty(), "reorder: no loops are named");
  const std::vector<Stmt> chain = chain_of(f, loops);
  for (const Stmt& s : chain) require_one_kind(*loop::as<For>(s));
  std::vector<For> order;
  auto next = loops.begin();
  for (const Stmt& place : chain) {
    const For& here = *loop::as<For>(place);
    const bool is_named = std::ranges::find(loops, here.var.name()) != loops.end();
    order.push_back(is_named ? loop_at(find_loop(f, *next++)) : here);
  }
  Stmt body = loop::as<For>(chain.back())->body;
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    it->body = body;
    body = make_stmt(*it);
  }
  Result result{f};
  result.function.body = exchange(f.body, chain.front(), body);
  return result;
}

}  // namespace vta::te::rewrites
