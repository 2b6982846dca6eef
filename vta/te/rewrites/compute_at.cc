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

  std::vector<IterRange> ranges;
  for (const loop::BlockIter& i : producer.iters) ranges.push_back({0, i.extent});
  for (size_t d = 0; d < box.begin.size(); ++d) {
    ranges[owner.iter_of_dim[d]] = {box.begin[d], box.extent[d]};
  }
  Function result = without_block(f, from);
  const Path target = find_loop(result, loop);
  loop::Ranges around = ranges_of_loops(target);
  For receiver = loop_at(target);
  receiver.body = make_seq({nest_over(result, producer, ranges, around), receiver.body});
  result.body = exchange(result.body, target.back(), make_stmt(receiver));
  return {sink_allocation(result, buffer, loop)};
}

}  // namespace vta::te::rewrites
