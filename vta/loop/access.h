// Which elements of which buffers a statement touches, and the boxes around them.
#pragma once

#include <optional>
#include <vector>

#include "vta/loop/analysis.h"

namespace vta::loop {

struct Access {
  Buffer buffer;
  std::vector<Expr> indices;
  bool is_write;
};

// Every load and store in `s`, as it stands there. A region counts by its first and last element;
// the first one of an intrinsic is read and written, the others read.
std::vector<Access> accesses(const Stmt& s);

// A box: extent[d] elements from begin[d] on, which is over loops that are not relaxed.
struct Box {
  std::vector<Expr> begin;
  std::vector<int64_t> extent;
};
// The smallest box that holds `touched`, which are accesses to `buffer`, when the loops in
// `relaxed` take all their values; it may reach beyond the buffer. Nothing where an index mixes
// relaxed and other loops in one division, or two accesses are not a constant apart.
std::optional<Box> tight_box(const Buffer& buffer, const std::vector<Access>& touched,
                             const Ranges& relaxed);
// A box that holds them: dimensions of which tight_box would say nothing, or more than the buffer
// has, are whole.
Box box_around(const Buffer& buffer, const std::vector<Access>& touched, const Ranges& relaxed);

}  // namespace vta::loop
