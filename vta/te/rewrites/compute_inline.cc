// compute_inline: each load of what a block computes becomes the block's expression.
#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

Result compute_inline(const Function& f, const std::string& block) {
  const Path path = find_block(f, block);
  const Block& producer = block_at(path);
  const Owner owner = require_elementwise(producer, "compute_inline " + block);
  require(is_allocated(f, owner.buffer),
          "compute_inline {}: {} is a parameter, all of it must be computed", block,
          owner.buffer->name);
  for (const Stmt& other : blocks_in(f.body)) {
    if (!reads(other, owner.buffer)) continue;
    require(!is_operand(other, owner.buffer),
            "compute_inline {}: {} is an operand of the intrinsic in block {}", block,
            owner.buffer->name, loop::as<Block>(other)->name);
    require_same_inputs(f, path, other, "compute_inline " + block);
  }
  const loop::Store& store = *loop::as<loop::Store>(producer.body);
  Result result{without_block(f, path)};
  require(!writes(result.function.body, owner.buffer),
          "compute_inline {}: another block writes {} too", block, owner.buffer->name);
  result.function.body = rewrite(result.function.body, {.expr = [&](const Expr& e) {
                                   const auto* l = std::get_if<loop::Load>(&e->kind);
                                   if (l == nullptr || l->buffer != owner.buffer) return e;
                                   loop::Substitution values;
                                   for (size_t d = 0; d < l->indices.size(); ++d) {
                                     values[producer.iters[owner.iter_of_dim[d]].var] =
                                         l->indices[d];
                                   }
                                   return substitute(store.value, values);
                                 }});
  result.function = without_allocation(result.function, owner.buffer);
  return result;
}

}  // namespace vta::te::rewrites
