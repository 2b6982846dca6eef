#include "vta/te/access.h"

#include <algorithm>
#include <set>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"

namespace vta::te {

namespace {

void add_region(const loop::Region& region, bool is_write, std::vector<Access>& result) {
  Access first{region.buffer, region.begin, is_write}, last = first;
  for (size_t d = 0; d < last.indices.size(); ++d) {
    last.indices[d] = last.indices[d] + (region.extent[d] - 1);
  }
  result.push_back(std::move(first));
  result.push_back(std::move(last));
}

// In terms of the block's own variables and loops inside.
std::vector<Access> own_accesses(const Block& block) {
  std::vector<Access> result;
  const auto add_loads = [&](const Stmt& s) {
    for_each_expr(s, [&](const Expr& e) {
      const auto* l = std::get_if<loop::Load>(&e->kind);
      if (l != nullptr) result.push_back({l->buffer, l->indices, false});
    });
  };
  const auto add_stores = [&](const Stmt& s) {
    if (const auto* n = loop::as<loop::Store>(s)) result.push_back({n->buffer, n->indices, true});
    if (const auto* n = loop::as<loop::Copy>(s)) {
      add_region(n->to, true, result);
      add_region(n->from, false, result);
    }
    if (const auto* n = loop::as<loop::Intrinsic>(s)) {
      for (size_t i = 0; i < n->regions.size(); ++i) add_region(n->regions[i], i == 0, result);
      if (!n->regions.empty()) add_region(n->regions[0], false, result);
    }
  };
  for (const Stmt& part : {block.init, block.body}) {
    if (!part) continue;
    add_loads(part);
    for_each_stmt(part, add_stores);
  }
  return result;
}

// Each access twice where loops inside the block move it: at both ends of each of them.
std::vector<Access> spread(std::vector<Access> list, const Block& block) {
  for (const Stmt& part : {block.init, block.body}) {
    for_each_stmt(part, [&](const Stmt& s) {
      const For* n = loop::as<For>(s);
      if (n == nullptr) return;
      std::vector<Access> next;
      for (const Access& a : list) {
        for (const int64_t end : {int64_t{0}, n->extent - 1}) {
          next.push_back(a);
          for (Expr& e : next.back().indices) e = substitute(e, {{n->var, Expr(end)}});
        }
      }
      list = std::move(next);
    });
  }
  return list;
}

// e = base + offset: base without relaxed loops, offset without others.
struct Separated {
  Expr base;
  loop::Interval offset;
};
std::optional<Separated> separate(const Expr& e, const loop::Ranges& relaxed) {
  loop::Substitution zeros;
  for (const auto& [var, range] : relaxed) zeros[var] = 0;
  const Expr base = simplify(substitute(e, zeros));
  const Expr offset = simplify(e - base);
  bool has_others = false;
  for_each_expr(offset, [&](const Expr& part) {
    const Var* v = loop::as_var(part);
    has_others |= v != nullptr && !relaxed.contains(*v);
  });
  if (has_others) return std::nullopt;
  const auto range = bounds(offset, relaxed);
  return range ? std::optional(Separated{base, *range}) : std::nullopt;
}

}  // namespace

std::vector<Access> accesses(const Block& block) {
  loop::Substitution bindings;
  for (const loop::BlockIter& i : block.iters) bindings[i.var] = i.binding;
  std::vector<Access> result = spread(own_accesses(block), block);
  for (Access& a : result) {
    for (Expr& e : a.indices) e = substitute(e, bindings);
  }
  return result;
}

bool writes(const Stmt& s, const Buffer& buffer) {
  return std::ranges::any_of(blocks_in(s), [&](const Stmt& b) {
    return std::ranges::any_of(accesses(*loop::as<Block>(b)),
                               [&](const Access& a) { return a.is_write && a.buffer == buffer; });
  });
}

bool reads(const Stmt& s, const Buffer& buffer) {
  return std::ranges::any_of(blocks_in(s), [&](const Stmt& b) {
    return !writes(b, buffer) &&
           std::ranges::any_of(accesses(*loop::as<Block>(b)),
                               [&](const Access& a) { return !a.is_write && a.buffer == buffer; });
  });
}

loop::Ranges ranges_of_loops(const Path& path) {
  loop::Ranges ranges;
  const auto add = [&](const Stmt& s) {
    if (const For* n = loop::as<For>(s)) ranges[n->var] = {0, n->extent - 1};
  };
  for (const Stmt& s : path) add(s);
  if (!path.empty()) for_each_stmt(path.back(), add);
  return ranges;
}

namespace {

// The range that dimension `d` of the accesses takes.
std::optional<Separated> range_of_dim(const std::vector<Access>& touched, size_t d,
                                      const loop::Ranges& relaxed) {
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
    const int64_t* distance = loop::as_constant(difference);
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

std::optional<Box> tight_box(const Buffer& buffer, const std::vector<Access>& touched,
                             const loop::Ranges& relaxed) {
  Box box;
  for (size_t d = 0; d < buffer->shape.size(); ++d) {
    const auto range = range_of_dim(touched, d, relaxed);
    if (!range) return std::nullopt;
    add_dim(box, *range);
  }
  return box;
}

Box box_around(const Buffer& buffer, const std::vector<Access>& touched,
               const loop::Ranges& relaxed) {
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

Owner require_owner(const Block& block, std::string_view what) {
  const auto* store = loop::as<loop::Store>(block.body);
  require(store != nullptr, "{}: block {} is not one store", what, block.name);
  Owner owner{store->buffer, {}};
  std::set<size_t> used;
  for (const Expr& index : store->indices) {
    const Var* v = loop::as_var(index);
    const auto it = std::ranges::find_if(
        block.iters, [&](const loop::BlockIter& i) { return v != nullptr && i.var == *v; });
    const bool is_spatial = it != block.iters.end() && it->kind == loop::BlockIter::Kind::kSpatial;
    require(is_spatial && used.insert(static_cast<size_t>(it - block.iters.begin())).second,
            "{}: block {} writes {} at indices other than its own variables, each once", what,
            block.name, store->buffer->name);
    owner.iter_of_dim.push_back(static_cast<size_t>(it - block.iters.begin()));
  }
  const auto spatial =
      std::ranges::count(block.iters, loop::BlockIter::Kind::kSpatial, &loop::BlockIter::kind);
  require(spatial == std::ssize(used), "{}: block {} writes elements of {} more than once", what,
          block.name, store->buffer->name);
  return owner;
}

Expr inside(const Expr& index, int64_t extent, const loop::Ranges& ranges) {
  const Expr condition = simplify(Expr(0) <= index && index < extent, ranges);
  return loop::is_constant(condition, 1) ? Expr() : condition;
}

Expr both(const Expr& a, const Expr& b) {
  if (!a) return b;
  return b ? a && b : a;
}

}  // namespace vta::te
