// decompose_reduction: the init of a reduction becomes a block with loops of its own, before a
// loop.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

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

  Block init{fresh_name(f, block + "_init"), {}, whole.predicate, Stmt(), whole.init, {}};
  for (const loop::BlockIter& i : whole.iters) {
    if (i.kind == loop::BlockIter::Kind::kSpatial) init.iters.push_back(i);
  }
  Result result{f, {init.name}};
  const Stmt nest = nest_apart(f, std::move(init), {first, path.end()}, "init");

  Block update = whole;
  update.init = Stmt();
  const Stmt rest = exchange(*first, path.back(), make_stmt(std::move(update)));
  result.function.body = exchange(f.body, *first, make_seq({nest, rest}));
  return result;
}

}  // namespace vta::te::rewrites
