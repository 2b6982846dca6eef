// unroll, vectorize, parallel, bind_vthread: how a loop runs; annotate: notes for later passes.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/access.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

bool allocates(const Stmt& s, const Buffer& buffer) {
  bool found = false;
  for_each_stmt(s, [&](const Stmt& part) {
    const auto* n = loop::as<loop::Alloc>(part);
    found |= n != nullptr && n->buffer == buffer;
  });
  return found;
}

// Iterations are independent where no block reduces over the loop, and what each block writes is
// another element in each iteration or in a buffer of the iteration's own.
void require_independent(const For& n, std::string_view kind) {
  for (const Stmt& s : blocks_in(n.body)) {
    const Block& block = *loop::as<Block>(s);
    for (const loop::BlockIter& i : block.iters) {
      require(i.kind == loop::BlockIter::Kind::kSpatial || !loop::uses(i.binding, n.var),
              "{} {}: block {} reduces over it", kind, n.var.name(), block.name);
    }
    for (const Access& a : accesses(block)) {
      if (!a.is_write || allocates(n.body, a.buffer)) continue;
      require(std::ranges::any_of(a.indices, [&](const Expr& e) { return loop::uses(e, n.var); }),
              "{} {}: block {} writes the same elements of {} in every iteration", kind,
              n.var.name(), block.name, a.buffer->name);
    }
  }
}

}  // namespace

Result set_kind(const Function& f, const std::string& loop, loop::LoopKind kind) {
  const Path path = find_loop(f, loop);
  For changed = loop_at(path);
  if (kind != loop::LoopKind::kUnrolled && kind != loop::LoopKind::kSerial) {
    require_independent(changed, loop_kind_name(kind));
  }
  changed.kind = kind;
  Result result{f};
  result.function.body = exchange(f.body, path.back(), make_stmt(std::move(changed)));
  return result;
}

Result annotate(const Function& f, const std::string& loop_or_block, const std::string& key,
                const std::string& value) {
  const auto noted = [&](const auto& node) {
    auto changed = node;
    changed.annotations[key] = value;
    return make_stmt(std::move(changed));
  };
  Result result{f};
  bool found = false;
  result.function.body = rewrite(f.body, {.stmt = [&](const Stmt& s) {
                                   const For* n = loop::as<For>(s);
                                   const Block* b = loop::as<Block>(s);
                                   if (n != nullptr && n->var.name() == loop_or_block)
                                     return found = true, noted(*n);
                                   if (b != nullptr && b->name == loop_or_block)
                                     return found = true, noted(*b);
                                   return s;
                                 }});
  require(found, "annotate: there is no loop or block '{}' in {}", loop_or_block, f.name);
  return result;
}

}  // namespace vta::te::rewrites
