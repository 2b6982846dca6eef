// Building the loop nest around a block that moves to another place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vta/te/access.h"

namespace vta::te {

// What an iteration variable of the block runs over in its new place: `extent` values from `begin`
// on. Where that may leave the variable's own range, the block gets a predicate.
struct IterRange {
  Expr begin = 0;
  int64_t extent = 0;
};

// `block` in a nest of new loops, one for each variable, in the order of the variables; loops
// are named after block and variable. `around` are the ranges of the loops outside.
Stmt nest_over(const Function& f, const Block& block, const std::vector<IterRange>& ranges,
               const loop::Ranges& around);

// `block`, whose bindings and predicate are over the loops of `path` and those outside it, in new
// loops: of those of `path` the ones that its bindings use, under names with `suffix`. Conditions
// of the others go from its predicate.
Stmt nest_apart(const Function& f, Block block, const Path& path, const std::string& suffix);

// Throws Error that begins with `what` unless the block at `from` reads the same values at `to`:
// whatever it reads and a loop around it computes anew in each iteration, `to` must be in that loop
// too.
void require_same_inputs(const Function& f, const Path& from, const Stmt& to,
                         std::string_view what);

// `f` without block `path` leads to and the loops that hold only it.
Function without_block(const Function& f, const Path& path);

// Whether `buffer` is allocated in `f`, not a parameter.
bool is_allocated(const Function& f, const Buffer& buffer);
// `f` with the allocation of `buffer` around the body of `loop`, rather than where it is; f itself
// where something outside the loop uses the buffer.
Function sink_allocation(const Function& f, const Buffer& buffer, const std::string& loop);
// `f` without the allocation of a buffer that nothing uses.
Function without_allocation(const Function& f, const Buffer& buffer);

}  // namespace vta::te
