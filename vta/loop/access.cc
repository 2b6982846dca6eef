#include "vta/loop/access.h"

#include <algorithm>

#include "vta/loop/rewrite.h"

namespace vta::loop {

namespace {

void add_region(const Region& region, bool is_write, std::vector<Access>& result) {
  Access first{region.buffer, region.begin, is_write}, last = first;
  for (size_t d = 0; d < last.indices.size(); ++d) {
    last.indices[d] = last.indices[d] + (region.extent[d] - 1);
  }
  result.push_back(std::move(first));
  result.push_back(std::move(last));
}

// e = base + offset: base without relaxed loops, offset without others.
struct Separated {
  Expr base;
  Interval offset;
};
std::optional<Separated> separate(const Expr& e, const Ranges& relaxed) {
  Substitution zeros;
  for (const auto& [var, range] : relaxed) zeros[var] = 0;
  const Expr base = simplify(substitute(e, zeros));
  const Expr offset = simplify(e - base, relaxed);
  bool has_others = false;
  for_each_expr(offset, [&](const Expr& part) {
    const Var* v = as_var(part);
    has_others |= v != nullptr && !relaxed.contains(*v);
  });
  if (has_others) return std::nullopt;
  const auto range = bounds(offset, relaxed);
  return range ? std::optional(Separated{base, *range}) : std::nullopt;
}

// The range that dimension `d` of the accesses takes.
std::optional<Separated> range_of_dim(const std::vector<Access>& touched, size_t d,
                                      const Ranges& relaxed) {
  std::optional<Separated> all;
  for (const Access& a : touched) {
    const auto one = separate(a.indices[d], relaxed);
    if (!one) return std::nullopt;
    if (!all) {
      all = one;
      continue;
    }
    // Bases that differ by a constant share one box.
    const Expr difference = simplify(one->base - all->base);
    const int64_t* distance = as_constant(difference);
    if (distance == nullptr) return std::nullopt;
    all->offset.low = std::min(all->offset.low, one->offset.low + *distance);
    all->offset.high = std::max(all->offset.high, one->offset.high + *distance);
  }
  return all;
}

void add_dim(Box& box, const Separated& range) {
  box.begin.push_back(simplify(range.base + range.offset.low));
  box.extent.push_back(range.offset.high - range.offset.low + 1);
}

}  // namespace

std::vector<Access> accesses(const Stmt& s) {
  std::vector<Access> result;
  for_each_expr(s, [&](const Expr& e) {
    const auto* l = std::get_if<Load>(&e->kind);
    if (l != nullptr) result.push_back({l->buffer, l->indices, false});
  });
  for_each_stmt(s, [&](const Stmt& part) {
    if (const auto* n = as<Store>(part)) result.push_back({n->buffer, n->indices, true});
    if (const auto* n = as<Copy>(part)) {
      add_region(n->to, true, result);
      add_region(n->from, false, result);
    }
    if (const auto* n = as<Intrinsic>(part)) {
      for (size_t i = 0; i < n->regions.size(); ++i) add_region(n->regions[i], i == 0, result);
      if (!n->regions.empty()) add_region(n->regions[0], false, result);
    }
  });
  return result;
}

std::optional<Box> tight_box(const Buffer& buffer, const std::vector<Access>& touched,
                             const Ranges& relaxed) {
  Box box;
  for (size_t d = 0; d < buffer->shape.size(); ++d) {
    const auto range = range_of_dim(touched, d, relaxed);
    if (!range) return std::nullopt;
    add_dim(box, *range);
  }
  return box;
}

Box box_around(const Buffer& buffer, const std::vector<Access>& touched, const Ranges& relaxed) {
  Box box;
  for (size_t d = 0; d < buffer->shape.size(); ++d) {
    const auto range = range_of_dim(touched, d, relaxed);
    if (range && range->offset.high - range->offset.low + 1 < buffer->shape[d]) {
      add_dim(box, *range);
    } else {
      box.begin.emplace_back(0);
      box.extent.push_back(buffer->shape[d]);
    }
  }
  return box;
}

}  // namespace vta::loop
