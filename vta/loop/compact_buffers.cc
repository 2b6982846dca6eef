// compact_buffers: an allocation moves into the innermost loop around all uses of its buffer, as
// long as no iteration reads what an earlier one left there; the buffer shrinks to the box that is
// touched in its allocation, and indices count from that box's begin. Strides that were set stay.
#include <algorithm>
#include <set>

#include "vta/base/error.h"
#include "vta/loop/access.h"
#include "vta/loop/passes.h"
#include "vta/loop/rewrite.h"

namespace vta::loop {

namespace {

std::vector<Access> accesses_of(const Stmt& s, const Buffer& buffer) {
  std::vector<Access> touched = accesses(s);
  std::erase_if(touched, [&](const Access& a) { return a.buffer != buffer; });
  return touched;
}

bool touches(const Stmt& s, const Buffer& buffer) {
  return !accesses_of(s, buffer).empty();
}

Ranges ranges_of(const Stmt& s) {
  Ranges ranges;
  for_each_stmt(s, [&](const Stmt& part) {
    if (const For* n = as<For>(part)) ranges[n->var] = {0, n->extent - 1};
  });
  return ranges;
}

// The first statement in `s` that touches the buffer, if it runs in any case: not in an If. Loops
// around it count as part of it.
Stmt first_touch(const Stmt& s, const Buffer& buffer) {
  if (const auto* n = as<Alloc>(s)) return first_touch(n->body, buffer);
  const auto* n = as<Seq>(s);
  if (n == nullptr) return s;
  const auto it =
      std::ranges::find_if(n->statements, [&](const Stmt& part) { return touches(part, buffer); });
  return it == n->statements.end() ? Stmt() : first_touch(*it, buffer);
}

// The box that a nest of loops around one store or copy writes whole, having read nothing of it:
// each loop moves one index, and an index's loops are the digits of a number.
std::optional<Box> written_whole(const Stmt& nest, const Buffer& buffer) {
  const Ranges loops = ranges_of(nest);
  Stmt inner = nest;
  while (const For* n = as<For>(inner)) inner = n->body;
  if (as<Store>(inner) == nullptr && as<Copy>(inner) == nullptr) return std::nullopt;
  const std::vector<Access> touched = accesses_of(inner, buffer);
  if (std::ranges::any_of(touched, [](const Access& a) { return !a.is_write; })) {
    return std::nullopt;
  }
  std::set<Var> moving;
  std::vector<Expr> indices = touched.at(0).indices;
  std::vector<int64_t> unit(indices.size(), 1);
  if (const auto* n = as<Copy>(inner)) unit = n->to.extent;
  for (size_t d = 0; d < indices.size(); ++d) {
    const auto affine = as_affine(simplify(indices[d]));
    if (!affine) return std::nullopt;
    std::vector<std::pair<int64_t, Var>> digits;
    for (const auto& [var, coefficient] : affine->coefficients) {
      if (loops.contains(var)) digits.emplace_back(coefficient, var);
    }
    std::ranges::sort(digits);
    int64_t next = unit[d];
    for (const auto& [coefficient, var] : digits) {
      if (coefficient != next || !moving.insert(var).second) return std::nullopt;
      next *= loops.at(var).high + 1;
    }
  }
  return tight_box(buffer, touched, loops);
}

bool covers(const Box& outer, const Box& inner) {
  for (size_t d = 0; d < outer.begin.size(); ++d) {
    const Expr before = simplify(inner.begin[d] - outer.begin[d]);
    const int64_t* gap = as_constant(before);
    if (gap == nullptr || *gap < 0 || *gap + inner.extent[d] > outer.extent[d]) return false;
  }
  return true;
}

// Whether an iteration of `loop` writes all that it touches of the buffer before it reads any.
bool starts_anew(const For& loop, const Buffer& buffer) {
  const Stmt first = first_touch(loop.body, buffer);
  const auto written = first ? written_whole(first, buffer) : std::nullopt;
  const auto touched = tight_box(buffer, accesses_of(loop.body, buffer), ranges_of(loop.body));
  return written && touched && covers(*written, *touched);
}

// `s` with the buffer's allocation around the body of the innermost loop in it that allows that;
// nothing where none does.
std::optional<Stmt> allocated_within(const Buffer& buffer, const Stmt& s) {
  if (const For* n = as<For>(s)) {
    For changed = *n;
    const auto deeper = allocated_within(buffer, n->body);
    if (!deeper && !starts_anew(*n, buffer)) return std::nullopt;
    changed.body = deeper ? *deeper : make_stmt(Alloc{buffer, n->body});
    return make_stmt(std::move(changed));
  }
  if (const auto* n = as<Alloc>(s)) {
    const auto deeper = allocated_within(buffer, n->body);
    return deeper ? std::optional(make_stmt(Alloc{n->buffer, *deeper})) : std::nullopt;
  }
  const auto* n = as<Seq>(s);
  if (n == nullptr) return std::nullopt;
  const auto uses = [&](const Stmt& part) { return touches(part, buffer); };
  if (std::ranges::count_if(n->statements, uses) != 1) return std::nullopt;
  Seq changed = *n;
  Stmt& only = *std::ranges::find_if(changed.statements, uses);
  const auto deeper = allocated_within(buffer, only);
  if (!deeper) return std::nullopt;
  only = *deeper;
  return make_stmt(std::move(changed));
}

// Whether what a copy reads beyond dimension `d` of its source it would write beyond its target.
bool clips_both(const Copy& n, size_t d) {
  for (size_t e = 0; e < n.to.begin.size(); ++e) {
    if (n.to.extent[e] == n.from.extent[d] && n.to.buffer->shape[e] == n.from.buffer->shape[d] &&
        equal(n.to.begin[e], n.from.begin[d])) {
      return true;
    }
  }
  return false;
}

// Dimensions in which a copy reads padding from beyond the buffer: what is outside must stay
// outside. What one writes there may as well be written.
std::set<size_t> dims_with_padding(const Stmt& body, const Buffer& buffer, const Ranges& known) {
  std::set<size_t> dims;
  for_each_stmt(body, [&](const Stmt& s) {
    const auto* n = as<Copy>(s);
    if (n == nullptr || n->from.buffer != buffer) return;
    const Region& r = n->from;
    for (size_t d = 0; d < r.begin.size(); ++d) {
      const auto begin = bounds(r.begin[d], known);
      const bool is_inside =
          begin && begin->low >= 0 && begin->high + r.extent[d] <= buffer->shape[d];
      if (!is_inside && !clips_both(*n, d)) dims.insert(d);
    }
  });
  return dims;
}

class Compaction {
 public:
  Stmt stmt(const Stmt& s) {
    return match(
        s,
        [&](const For& n) {
          For changed = n;
          known_[n.var] = {0, n.extent - 1};
          changed.body = stmt(n.body);
          known_.erase(n.var);
          return make_stmt(std::move(changed));
        },
        [&](const If& n) {
          return make_stmt(If{n.condition, stmt(n.then)});
        },
        [&](const Seq& n) {
          Seq changed = n;
          for (Stmt& part : changed.statements) part = stmt(part);
          return make_stmt(std::move(changed));
        },
        [&](const Alloc& n) { return alloc(n); },
        [&](const Block& n) -> Stmt { fail("compact_buffers: block {} is not lowered", n.name); },
        [&](const auto&) { return s; });
  }

 private:
  Stmt alloc(const Alloc& n) {
    const std::vector<Access> touched = accesses_of(n.body, n.buffer);
    if (touched.empty()) return stmt(n.body);
    const Ranges inside = ranges_of(n.body);
    Ranges all = known_;
    all.insert(inside.begin(), inside.end());
    Box box = box_around(n.buffer, touched, inside);
    for (const size_t d : dims_with_padding(n.body, n.buffer, all)) {
      box.begin[d] = 0;
      box.extent[d] = n.buffer->shape[d];
    }
    if (box.extent == n.buffer->shape) return make_stmt(Alloc{n.buffer, stmt(n.body)});
    BufferNode smaller = *n.buffer;
    smaller.shape = box.extent;
    const Buffer buffer = std::make_shared<const BufferNode>(std::move(smaller));
    return make_stmt(Alloc{buffer, stmt(rebased(n.body, n.buffer, buffer, box.begin))});
  }

  static Stmt rebased(const Stmt& body, const Buffer& old_one, const Buffer& new_one,
                      const std::vector<Expr>& begin) {
    const auto from_begin = [&](std::vector<Expr> indices) {
      for (size_t d = 0; d < indices.size(); ++d) indices[d] = indices[d] - begin[d];
      return indices;
    };
    const auto region = [&](Region r) {
      if (r.buffer == old_one) r = {new_one, from_begin(r.begin), r.extent};
      return r;
    };
    return rewrite(body,
                   {.expr =
                        [&](const Expr& e) {
                          const auto* l = std::get_if<Load>(&e->kind);
                          return l != nullptr && l->buffer == old_one
                                     ? load(new_one, from_begin(l->indices))
                                     : e;
                        },
                    .stmt =
                        [&](const Stmt& s) {
                          if (const auto* n = as<Store>(s); n != nullptr && n->buffer == old_one) {
                            return make_store(new_one, from_begin(n->indices), n->value);
                          }
                          if (const auto* n = as<Copy>(s)) {
                            return make_stmt(Copy{region(n->to), region(n->from), n->padding});
                          }
                          if (const auto* n = as<Intrinsic>(s)) {
                            Intrinsic call = *n;
                            for (Region& r : call.regions) r = region(r);
                            return make_stmt(std::move(call));
                          }
                          return s;
                        }});
  }

  Ranges known_;  // of loops around
};

}  // namespace

Function compact_buffers(const Function& f) {
  Function result = f;
  const Stmt sunk = rewrite(
      f.body, {.stmt = [](const Stmt& s) {
        const auto* n = as<Alloc>(s);
        const auto deeper = n != nullptr ? allocated_within(n->buffer, n->body) : std::nullopt;
        return deeper ? *deeper : s;
      }});
  result.body = simplify(Compaction().stmt(sunk));
  return result;
}

}  // namespace vta::loop
