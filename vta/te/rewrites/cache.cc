// cache_read, cache_write: a block works on a copy of a buffer in another memory; a block of its
// own does the copying, over the whole buffer until compute_at or reverse_compute_at makes it less.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

std::vector<IterRange> all_of(const Buffer& buffer) {
  std::vector<IterRange> ranges;
  for (const int64_t extent : buffer->shape) ranges.push_back({0, extent});
  return ranges;
}

// A nest that copies these elements of `from` to `to`.
Stmt copy_nest(const Function& f, const std::string& name, const Buffer& from, const Buffer& to,
               const std::vector<IterRange>& ranges, const loop::Ranges& around) {
  Block block{name, {}, Expr(), Stmt(), Stmt(), {}};
  std::vector<Expr> indices;
  for (size_t d = 0; d < from->shape.size(); ++d) {
    const Var v(fmt::format("v{}", d));
    block.iters.push_back({v, from->shape[d], loop::BlockIter::Kind::kSpatial, Expr()});
    indices.emplace_back(v);
  }
  block.body = make_store(to, indices, load(from, indices));
  return nest_over(f, block, ranges, around);
}

Buffer in_scope(const Function& f, const Buffer& buffer, loop::Scope scope) {
  auto copy = *buffer;
  copy.name = fresh_name(f, fmt::format("{}_{}", buffer->name, scope_name(scope)));
  copy.scope = scope;
  copy.strides.clear();
  copy.origin = nullptr;
  return std::make_shared<const loop::BufferNode>(std::move(copy));
}

// The outermost statement on the path in which nothing else has the buffer in that way.
template <typename Other>
Stmt outermost_without(const Path& path, const Other& other) {
  const auto it = std::ranges::find_if(path, [&](const Stmt& s) {
    return (loop::as<For>(s) != nullptr || loop::as<Block>(s) != nullptr) && !other(s);
  });
  return it == path.end() ? path.back() : *it;
}

}  // namespace

Result cache_read(const Function& f, const std::string& block, const std::string& buffer,
                  loop::Scope scope) {
  const Path path = find_block(f, block);
  const Buffer from = find_buffer(f, buffer);
  require(reads(path.back(), from), "cache_read: block {} does not read {}", block, buffer);
  require(!is_operand(path.back(), from),
          "cache_read: {} is an operand of the intrinsic in block {}, cache before tensorize",
          buffer, block);
  const Buffer to = in_scope(f, from, scope);
  const Stmt place = outermost_without(path, [&](const Stmt& s) { return writes(s, from); });

  // In a loop that computes part of the buffer, the copy is of what the block reads there.
  std::vector<IterRange> ranges = all_of(from);
  loop::Ranges around;
  for (const Stmt& s : path) {
    if (s.same_as(place)) break;
    if (const For* n = loop::as<For>(s)) around[n->var] = {0, n->extent - 1};
  }
  if (!around.empty()) {
    std::vector<Access> touched = accesses(block_at(path));
    std::erase_if(touched, [&](const Access& a) { return a.is_write || a.buffer != from; });
    const auto box = tight_box(from, touched, ranges_of_loops({place}));
    require(box.has_value(), "cache_read: what block {} reads of {} in an iteration is no box",
            block, buffer);
    for (size_t d = 0; d < ranges.size(); ++d) ranges[d] = {box->begin[d], box->extent[d]};
  }

  const auto renamed_load = [&](const Expr& e) {
    const auto* l = std::get_if<loop::Load>(&e->kind);
    return l != nullptr && l->buffer == from ? load(to, l->indices) : e;
  };
  const Stmt renamed = rewrite(path.back(), {.expr = renamed_load});
  const Stmt after = place.same_as(path.back()) ? renamed : exchange(place, path.back(), renamed);
  const Stmt copy = copy_nest(f, to->name, from, to, ranges, around);
  Result result{f, {to->name}};
  result.function.body =
      make_stmt(loop::Alloc{to, exchange(f.body, place, make_seq({copy, after}))});
  return result;
}

Result cache_write(const Function& f, const std::string& block, loop::Scope scope) {
  const Path path = find_block(f, block);
  const Owner owner = require_owner(block_at(path), "cache_write " + block);
  const Buffer& to = owner.buffer;
  require(!is_operand(path.back(), to),
          "cache_write: {} is an operand of the intrinsic in block {}, cache before tensorize",
          to->name, block);
  const Buffer from = in_scope(f, to, scope);
  for (const Stmt& other : blocks_in(f.body)) {
    require(other.same_as(path.back()) || !writes(other, to),
            "cache_write {}: block {} writes {} too", block, loop::as<Block>(other)->name,
            to->name);
  }
  const Stmt place = outermost_without(path, [&](const Stmt& s) { return reads(s, to); });
  const Stmt renamed = replace_buffer(path.back(), to, from);
  const Stmt before = place.same_as(path.back()) ? renamed : exchange(place, path.back(), renamed);
  const std::string name = fresh_name(f, to->name + "_copy");
  Result result{f, {name}};
  result.function.body = make_stmt(loop::Alloc{
      from,
      exchange(f.body, place, make_seq({before, copy_nest(f, name, from, to, all_of(from), {})}))});
  return result;
}

}  // namespace vta::te::rewrites
