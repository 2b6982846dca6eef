// Which elements of which buffers the blocks of a schedule touch.
#pragma once

#include <optional>
#include <vector>

#include "vta/loop/access.h"
#include "vta/te/tree.h"

namespace vta::te {

using loop::Access;
using loop::Box;

// Every load and store, indices in terms of the loops outside the block; those of loops inside
// the block appear with both ends of their range. A region counts by its first and last element.
std::vector<Access> accesses(const Block& block);
bool reads(const Stmt& s, const Buffer& buffer);  // a block in `s` that is not itself its writer
bool writes(const Stmt& s, const Buffer& buffer);

// The ranges of the loops in `path` from `first` on (by position in the path), and of all loops in
// the statement at its end.
loop::Ranges ranges_of_loops(const Path& path);

// Of a block each of whose steps writes one tile of one buffer, which its spatial variables count,
// each one dimension: a step of single variables writes an element, a tensorized one its operand.
struct Owner {
  Buffer buffer;
  std::vector<size_t> iter_of_dim;  // index in Block::iters
  std::vector<int64_t> tile;        // elements of each dimension that a step writes
};
// Throws Error that begins with `what` for another block.
Owner require_owner(const Block& block, std::string_view what);
// The same, and the block is one store that reduces nothing.
Owner require_elementwise(const Block& block, std::string_view what);

// Whether an intrinsic, or a copy, in `s` has `buffer` as an operand: what reads and writes it is
// then proven for just this buffer.
bool is_operand(const Stmt& s, const Buffer& buffer);

// The condition that begin + offset is inside [0, extent), without what the ranges prove already;
// empty where nothing is left.
Expr inside(const Expr& index, int64_t extent, const loop::Ranges& ranges);
// a && b; an empty one is true.
Expr both(const Expr& a, const Expr& b);
// The parts of a conjunction; none of an empty one.
std::vector<Expr> conjuncts(const Expr& condition);

}  // namespace vta::te
