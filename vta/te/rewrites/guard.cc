// guard: a block that stores a choice between a value and what stands there already runs only
// where it is the value.
#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

Result guard(const Function& f, const std::string& block) {
  const std::string what = "guard " + block;
  const Path path = find_block(f, block);
  Block guarded = block_at(path);
  require(!guarded.init, "{}: it is a reduction", what);
  const auto* store = loop::as<loop::Store>(guarded.body);
  const auto* choice = store != nullptr ? std::get_if<loop::Select>(&store->value->kind) : nullptr;
  require(choice != nullptr && equal(choice->no, loop::load(store->buffer, store->indices)),
          "{}: it does not store select(condition, value, what stands there): in_place first",
          what);

  loop::Substitution bindings;
  for (const loop::BlockIter& i : guarded.iters) bindings[i.var] = i.binding;
  for_each_expr(choice->condition, [&](const Expr& e) {
    if (const auto* read = std::get_if<loop::Load>(&e->kind)) {
      fail("{}: the condition reads {}, must be over the block's variables alone", what,
           read->buffer->name);
    }
  });
  guarded.predicate = both(guarded.predicate, substitute(choice->condition, bindings));
  guarded.body = make_store(store->buffer, store->indices, choice->yes);
  Result result{f};
  result.function.body = exchange(f.body, path.back(), make_stmt(std::move(guarded)));
  return result;
}

}  // namespace vta::te::rewrites
