// in_place: an elementwise block overwrites the buffer that it reads instead of filling one of its
// own, as the accelerator's ALU does.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

// The innermost statement on the path in which all of `f` that touches one of the two buffers is.
Stmt innermost_around(const Function& f, const Path& path, const Buffer& a, const Buffer& b) {
  const auto touches = [&](const Stmt& block) {
    return reads(block, a) || writes(block, a) || reads(block, b) || writes(block, b);
  };
  Stmt around = f.body;
  for (const Stmt& s : path) {
    if (loop::as<For>(s) == nullptr) continue;
    const bool has_all = std::ranges::all_of(blocks_in(f.body), [&](const Stmt& block) {
      return !touches(block) || contains(s, block);
    });
    if (!has_all) break;
    around = s;
  }
  return around;
}

}  // namespace

Result in_place(const Function& f, const std::string& block, const std::string& buffer) {
  const std::string what = fmt::format("in_place {} {}", block, buffer);
  const Path path = find_block(f, block);
  const Block& user = block_at(path);
  const Buffer from = find_buffer(f, buffer);
  const Buffer to = require_elementwise(user, what).buffer;
  require(from != to && reads(path.back(), from), "{}: the block does not read it", what);
  require(is_allocated(f, from) && is_allocated(f, to), "{}: {} is a parameter", what,
          is_allocated(f, from) ? to->name : from->name);
  require(from->type == to->type && from->shape == to->shape,
          "{}: {}[{}] in the place of {}[{}], must be of one type and shape", what,
          to_string(to->type), fmt::join(to->shape, ", "), to_string(from->type),
          fmt::join(from->shape, ", "));
  const std::vector<Access> touched = accesses(user);
  const auto written = std::ranges::find_if(touched, &Access::is_write);
  for (const Access& a : touched) {
    const bool is_same = std::ranges::equal(
        a.indices, written->indices, [](const Expr& x, const Expr& y) { return equal(x, y); });
    require(a.buffer != from || is_same, "{}: it reads other elements than it writes", what);
  }
  for (const Stmt& other : blocks_in(f.body)) {
    require(other.same_as(path.back()) || !reads(other, from), "{}: block {} reads it too", what,
            loop::as<Block>(other)->name);
    require(!is_operand(other, from) && !is_operand(other, to),
            "{}: block {} has an operand in an intrinsic already", what,
            loop::as<Block>(other)->name);
  }
  // Between `around` and the block no loop may make the buffer, or the block's elements, anew.
  const Stmt around = innermost_around(f, path, from, to);
  for (const Stmt& s : loops_of(path)) {
    const For& n = *loop::as<For>(s);
    if (contains(s, around)) continue;
    const bool moves =
        std::ranges::any_of(written->indices, [&](const Expr& e) { return loop::uses(e, n.var); });
    require(moves || n.extent == 1, "{}: loop {} does it more than once", what, n.var.name());
    for (const Stmt& other : blocks_in(s)) {
      require(other.same_as(path.back()) || !writes(other, from),
              "{}: loop {} computes {} too, and not what uses the block", what, n.var.name(),
              buffer);
    }
  }
  Result result = {without_allocation(f, to), {}};
  result.function.body = replace_buffer(result.function.body, to, from);
  return result;
}

}  // namespace vta::te::rewrites
