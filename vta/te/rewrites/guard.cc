// guard: a block that stores a choice between a value and what stands there already runs only
// where it is the value; so does the step of a reduction that combines what stands there with such
// a choice between a value and the combiner's identity.
#include <optional>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"
#include "vta/te/tensor.h"

namespace vta::te::rewrites {

namespace {

// What is stored where the condition holds; elsewhere the store changes nothing.
struct Choice {
  Expr condition;
  Expr value;
};
std::optional<Choice> choice_of(const loop::Store& store) {
  const Expr there = loop::load(store.buffer, store.indices);
  if (const auto* s = std::get_if<loop::Select>(&store.value->kind)) {
    if (equal(s->no, there)) return Choice{s->condition, s->yes};
  }
  const auto* step = std::get_if<loop::Binary>(&store.value->kind);
  const bool combines = step != nullptr && equal(step->a, there) &&
                        (step->op == loop::BinaryOp::kAdd || step->op == loop::BinaryOp::kMax ||
                         step->op == loop::BinaryOp::kMin);
  if (!combines) return std::nullopt;
  const auto* s = std::get_if<loop::Select>(&step->b->kind);
  if (s == nullptr || !equal(s->no, identity_of(step->op, there.type()))) return std::nullopt;
  return Choice{s->condition, binary(step->op, there, s->yes)};
}

}  // namespace

Result guard(const Function& f, const std::string& block) {
  const std::string what = "guard " + block;
  const Path path = find_block(f, block);
  Block guarded = block_at(path);
  require(!guarded.init, "{}: it is a reduction with its init: decompose_reduction first", what);
  const auto* store = loop::as<loop::Store>(guarded.body);
  const std::optional<Choice> choice = store != nullptr ? choice_of(*store) : std::nullopt;
  require(choice.has_value(),
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
  guarded.body = make_store(store->buffer, store->indices, choice->value);
  Result result{f};
  result.function.body = exchange(f.body, path.back(), make_stmt(std::move(guarded)));
  return result;
}

}  // namespace vta::te::rewrites
