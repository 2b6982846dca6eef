// Passes that bring a scheduled function closer to the code generators; each in a file of its own.
#pragma once

#include "vta/loop/stmt.h"

namespace vta::loop {

// Blocks become plain statements: variables are replaced by their bindings, a predicate becomes an
// If, and an init runs where all reduction variables are 0. The result is simplified.
Function lower_blocks(const Function& f);

// Loops that store, element by element, what they load become a Copy of regions, where one side is
// global and the other a scratchpad (inp, wgt, acc). Conditions go where they say no more than that
// an element is inside its buffer: a Copy reads its padding outside, and writes nothing outside.
// What is not such a loop stays, and so do virtual threads and unrolled loops.
Function form_copies(const Function& f);

// An allocated buffer shrinks to the box that is touched where it is allocated, which is in the
// innermost loop around all its uses of which each iteration writes what it reads; indices count
// from the box's begin. Set strides (storage_align) stay. Wants lowered blocks: throws Error that
// names another one. The result is simplified.
Function compact_buffers(const Function& f);

}  // namespace vta::loop
