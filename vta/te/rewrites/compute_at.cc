// compute_at: a producer moves into a loop of its consumers and computes, in each iteration, the
// box that they read there. What neighbouring boxes share is computed again.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

std::vector<Access> reads_in(const Stmt& s, const Buffer& buffer) {
  std::vector<Access> result;
  for (const Stmt& block : blocks_in(s)) {
    for (const Access& a : accesses(*loop::as<Block>(block))) {
      if (!a.is_write && a.buffer == buffer) result.push_back(a);
    }
  }
  return result;
}

// The loops inside `path`'s last one: what one iteration of it runs through.
loop::Ranges ranges_within(const Path& path) {
  return ranges_of_loops({loop_at(path).body});
}

loop::Ranges ranges_around(const Path& path) {
  loop::Ranges ranges;
  for (const Stmt& s : loops_of(path)) {
    const For& n = *loop::as<For>(s);
    ranges[n.var] = {0, n.extent - 1};
  }
  return ranges;
}

// The steps of a producer that writes tiles, which cover dimension `d` of the box.
IterRange steps_for(const Box& box, size_t d, int64_t tile, const loop::Ranges& around) {
  const Expr first = simplify(box.begin[d] / tile, around);
  const bool is_aligned = loop::is_constant(simplify(first * tile - box.begin[d], around), 0);
  const int64_t beyond = box.extent[d] + (is_aligned ? 0 : tile - 1);
  return {first, (beyond + tile - 1) / tile};
}

}  // namespace

Result compute_at(const Function& f, const std::string& block, const std::string& loop) {
  const Path from = find_block(f, block);
  const Path to = find_loop(f, loop);
  const Block& producer = block_at(from);
  const Owner owner = require_owner(producer, "compute_at " + block);
  const Buffer& buffer = owner.buffer;
  require(is_allocated(f, buffer), "compute_at {}: {} is a parameter, all of it must be computed",
          block, buffer->name);
  require(!contains(to.back(), from.back()), "compute_at {}: it is inside loop {} already", block,
          loop);
  for (const Stmt& other : blocks_in(f.body)) {
    if (other.same_as(from.back())) continue;
    const std::string& name = loop::as<Block>(other)->name;
    require(!writes(other, buffer), "compute_at {}: block {} writes {} too", block, name,
            buffer->name);
    require(contains(to.back(), other) || !reads(other, buffer),
            "compute_at {}: block {} reads {} outside loop {}", block, name, buffer->name, loop);
  }
  require_same_inputs(f, from, to.back(), "compute_at " + block);
  const std::vector<Access> wanted = reads_in(to.back(), buffer);
  require(!wanted.empty(), "compute_at {}: nothing in loop {} reads {}", block, loop, buffer->name);
  const Box box = box_around(buffer, wanted, ranges_within(to));

  const loop::Ranges around = ranges_around(to);
  std::vector<IterRange> ranges;
  for (const loop::BlockIter& i : producer.iters) ranges.push_back({0, i.extent});
  for (size_t d = 0; d < box.begin.size(); ++d) {
    ranges[owner.iter_of_dim[d]] = steps_for(box, d, owner.tile[d], around);
  }
  Function result = without_block(f, from);
  const Path target = find_loop(result, loop);
  For receiver = loop_at(target);
  receiver.body =
      make_seq({nest_over(result, producer, ranges, ranges_of_loops(target)), receiver.body});
  result.body = exchange(result.body, target.back(), make_stmt(receiver));
  return {sink_allocation(result, buffer, loop)};
}

}  // namespace vta::te::rewrites
