// reverse_compute_at: an elementwise consumer moves to the end of a loop of its producer, and
// handles in each iteration the box that was produced there.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

// For each dimension of `buffer`, the consumer's iteration that indexes it, in all its reads.
std::vector<size_t> elementwise_iters(const Block& consumer, const Buffer& buffer,
                                      const std::string& what) {
  std::vector<size_t> result;
  for_each_expr(consumer.body, [&](const Expr& e) {
    const auto* l = std::get_if<loop::Load>(&e->kind);
    if (l == nullptr || l->buffer != buffer) return;
    std::vector<size_t> iters;
    for (const Expr& index : l->indices) {
      const Var* v = loop::as_var(index);
      const auto it = std::ranges::find_if(
          consumer.iters, [&](const loop::BlockIter& i) { return v != nullptr && i.var == *v; });
      const auto place = static_cast<size_t>(it - consumer.iters.begin());
      require(it != consumer.iters.end() && std::ranges::find(iters, place) == iters.end(),
              "{}: it reads {} at indices other than its own variables, each once", what,
              buffer->name);
      iters.push_back(place);
    }
    require(result.empty() || result == iters, "{}: it reads {} in two ways", what, buffer->name);
    result = iters;
  });
  return result;
}

// One iteration of the loops outside `within` must finish all elements of the box, but those beyond
// the buffer: as many steps as elements, no reduction that goes on outside, and no predicate but of
// the variables' own ranges.
void require_whole_box(const Block& producer, const Box& box, const loop::Ranges& within,
                       const loop::Ranges& all, const std::string& what) {
  using Kind = loop::BlockIter::Kind;
  loop::Ranges steps;
  std::vector<Expr> own_limits;
  for (const loop::BlockIter& i : producer.iters) {
    for_each_expr(i.binding, [&](const Expr& e) {
      const Var* v = loop::as_var(e);
      if (v == nullptr) return;
      require(i.kind == Kind::kSpatial || within.contains(*v),
              "{} block {} does not finish: it reduces over {}", what, producer.name, v->name());
      if (i.kind == Kind::kSpatial && within.contains(*v)) steps[*v] = within.at(*v);
    });
    for (const Expr& limit : conjuncts(inside(i.binding, i.extent, all))) {
      own_limits.push_back(limit);
    }
  }
  int64_t count = 1, volume = 1;
  for (const auto& [var, range] : steps) count *= range.high + 1;
  for (const int64_t tile : require_owner(producer, what).tile) count *= tile;
  for (const int64_t extent : box.extent) volume *= extent;
  require(count == volume, "{} block {} computes {} elements, which are no box", what,
          producer.name, count);
  for (const Expr& e : conjuncts(producer.predicate)) {
    const Expr simple = simplify(e, all);
    const bool is_limit =
        loop::is_constant(simple, 1) ||
        std::ranges::any_of(own_limits, [&](const Expr& limit) { return equal(limit, simple); });
    require(is_limit, "{} block {} computes only where {}", what, producer.name, to_string(e));
  }
}

}  // namespace

Result reverse_compute_at(const Function& f, const std::string& block, const std::string& loop) {
  const std::string what = "reverse_compute_at " + block;
  const Path from = find_block(f, block);
  const Path to = find_loop(f, loop);
  const Block& consumer = block_at(from);
  const Owner owner = require_elementwise(consumer, what);
  require(!contains(to.back(), from.back()), "{}: it is inside loop {} already", what, loop);

  // What it reads is produced in the loop, or was there before it.
  Buffer produced;
  std::vector<Access> written;
  bool before = true;
  for (const Stmt& other : blocks_in(f.body)) {
    const Block& b = *loop::as<Block>(other);
    if (other.same_as(from.back())) {
      require(!before, "{}: it comes before loop {}", what, loop);
      continue;
    }
    const bool is_inside = contains(to.back(), other);
    before &= !is_inside;
    for (const Access& a : accesses(b)) {
      if (!a.is_write || !reads(from.back(), a.buffer)) continue;
      require(is_inside || before, "{}: it reads {}, which block {} computes after loop {}", what,
              a.buffer->name, b.name, loop);
      if (!is_inside) continue;
      require(produced == nullptr || produced == a.buffer,
              "{}: it reads {} and {}, both computed in loop {}", what, a.buffer->name,
              produced != nullptr ? produced->name : "", loop);
      produced = a.buffer;
      written.push_back(a);
    }
    require(is_inside || !reads(other, owner.buffer) || !before, "{}: block {} reads {} before",
            what, b.name, owner.buffer->name);
    require(!is_inside || !reads(other, owner.buffer), "{}: block {} in loop {} reads {}", what,
            b.name, loop, owner.buffer->name);
  }
  for (const Stmt& other : blocks_in(f.body)) {
    require(other.same_as(from.back()) || !writes(other, owner.buffer),
            "{}: block {} writes {} too", what, loop::as<Block>(other)->name, owner.buffer->name);
  }
  require(produced != nullptr, "{}: nothing in loop {} computes what it reads", what, loop);

  require_same_inputs(f, from, to.back(), what);
  const loop::Ranges within = ranges_of_loops({loop_at(to).body});
  const std::optional<Box> found = tight_box(produced, written, within);
  require(found.has_value(), "{}: what loop {} computes of {} in an iteration is no box", what,
          loop, produced->name);
  const Box& box = *found;
  for (const Stmt& other : blocks_in(to.back())) {
    if (writes(other, produced)) {
      require_whole_box(*loop::as<Block>(other), box, within, ranges_of_loops(to),
                        fmt::format("{}: inside loop {}", what, loop));
    }
  }

  const std::vector<size_t> iters = elementwise_iters(consumer, produced, what);
  std::vector<IterRange> ranges;
  for (const loop::BlockIter& i : consumer.iters) ranges.push_back({0, i.extent});
  for (size_t d = 0; d < iters.size(); ++d) {
    const loop::BlockIter& i = consumer.iters[iters[d]];
    require(i.extent <= produced->shape[d],
            "{}: it computes {} elements where {} has {}, as padding does", what, i.extent,
            produced->name, produced->shape[d]);
    ranges[iters[d]] = {box.begin[d], box.extent[d]};
  }

  Function result = without_block(f, from);
  const Path target = find_loop(result, loop);
  For receiver = loop_at(target);
  receiver.body =
      make_seq({receiver.body, nest_over(result, consumer, ranges, ranges_of_loops(target))});
  result.body = exchange(result.body, target.back(), make_stmt(receiver));
  return {is_allocated(result, produced) ? sink_allocation(result, produced, loop) : result};
}

}  // namespace vta::te::rewrites
