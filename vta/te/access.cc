#include "vta/te/access.h"

#include <algorithm>
#include <set>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"

namespace vta::te {

namespace {

std::vector<Access> own_accesses(const Block& block) {
  std::vector<Access> result;
  for (const Stmt& part : {block.init, block.body}) {
    const std::vector<Access> some = loop::accesses(part);
    result.insert(result.end(), some.begin(), some.end());
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
        const bool is_moved =
            std::ranges::any_of(a.indices, [&](const Expr& e) { return loop::uses(e, n->var); });
        if (!is_moved) next.push_back(a);
        if (!is_moved) continue;
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

// What one statement inside a block writes: tile[d] elements from begin[d] on.
struct Written {
  Buffer buffer;
  std::vector<Expr> begin;
  std::vector<int64_t> tile;
};

// Each index of a store may move with one loop, by single steps. Throws Error for other ones.
Written tile_of_store(const loop::Store& store, const std::vector<For>& loops,
                      const std::string& what) {
  loop::Substitution to_begin;
  for (const For& n : loops) to_begin[n.var] = 0;
  Written written{store.buffer, {}, {}};
  for (const Expr& index : store.indices) {
    written.begin.push_back(simplify(substitute(index, to_begin)));
    const Expr offset = simplify(index - written.begin.back());
    const auto moved = std::ranges::find_if(loops, [&](const For& n) {
      return loop::as_var(offset) != nullptr && *loop::as_var(offset) == n.var;
    });
    require(moved != loops.end() || loop::is_constant(offset, 0),
            "{} writes {} at {}, no tile of its loops", what, store.buffer->name, to_string(index));
    written.tile.push_back(moved == loops.end() ? 1 : moved->extent);
  }
  return written;
}

void collect_written(const Stmt& s, std::vector<For>& loops, const std::string& what,
                     std::vector<Written>& result) {
  const auto add_region = [&](const loop::Region& r) {
    result.push_back({r.buffer, {}, r.extent});
    for (const Expr& e : r.begin) result.back().begin.push_back(simplify(e));
  };
  if (const For* n = loop::as<For>(s)) {
    loops.push_back(*n);
    collect_written(n->body, loops, what, result);
    loops.pop_back();
  }
  if (const auto* n = loop::as<loop::If>(s)) collect_written(n->then, loops, what, result);
  if (const auto* n = loop::as<loop::Seq>(s)) {
    for (const Stmt& part : n->statements) collect_written(part, loops, what, result);
  }
  if (const auto* n = loop::as<loop::Store>(s)) result.push_back(tile_of_store(*n, loops, what));
  if (const auto* n = loop::as<loop::Copy>(s)) add_region(n->to);
  if (const auto* n = loop::as<loop::Intrinsic>(s)) add_region(n->regions.at(0));
}

}  // namespace

Owner require_owner(const Block& block, std::string_view what) {
  const std::string where = fmt::format("{}: block {}", what, block.name);
  std::vector<Written> all;
  std::vector<For> loops;
  if (block.init) collect_written(block.init, loops, where, all);
  collect_written(block.body, loops, where, all);
  require(!all.empty(), "{} writes nothing", where);
  const Written& first = all[0];
  const Buffer& buffer = first.buffer;
  for (const Written& w : all) {
    const bool is_same = w.buffer == buffer && w.tile == first.tile &&
                         std::ranges::equal(w.begin, first.begin, [](const Expr& a, const Expr& b) {
                           return equal(a, b);
                         });
    require(is_same, "{} writes more than one tile of one buffer", where);
  }
  Owner owner{buffer, {}, first.tile};
  std::set<size_t> used;
  for (size_t d = 0; d < buffer->shape.size(); ++d) {
    const auto it = std::ranges::find_if(block.iters, [&](const loop::BlockIter& i) {
      return i.kind == loop::BlockIter::Kind::kSpatial &&
             equal(first.begin[d], simplify(i.var * Expr(first.tile[d])));
    });
    const auto place = static_cast<size_t>(it - block.iters.begin());
    require(it != block.iters.end() && used.insert(place).second,
            "{} writes {} at indices other than its own variables, each once", where, buffer->name);
    require(it->extent * first.tile[d] == buffer->shape[d], "{} writes only part of {}", where,
            buffer->name);
    owner.iter_of_dim.push_back(place);
  }
  const auto spatial =
      std::ranges::count(block.iters, loop::BlockIter::Kind::kSpatial, &loop::BlockIter::kind);
  require(spatial == std::ssize(used), "{} writes elements of {} more than once", where,
          buffer->name);
  return owner;
}

Owner require_elementwise(const Block& block, std::string_view what) {
  require(loop::as<loop::Store>(block.body) != nullptr, "{}: block {} is not one store", what,
          block.name);
  Owner owner = require_owner(block, what);
  require(block.iters.size() == owner.iter_of_dim.size(), "{}: it is a reduction", what);
  return owner;
}

bool is_operand(const Stmt& s, const Buffer& buffer) {
  bool found = false;
  const auto check = [&](const loop::Region& r) { found |= r.buffer == buffer; };
  for_each_stmt(s, [&](const Stmt& part) {
    if (const auto* n = loop::as<loop::Intrinsic>(part)) std::ranges::for_each(n->regions, check);
    if (const auto* n = loop::as<loop::Copy>(part)) {
      check(n->to);
      check(n->from);
    }
  });
  return found;
}

Expr inside(const Expr& index, int64_t extent, const loop::Ranges& ranges) {
  const Expr condition = simplify(Expr(0) <= index && index < extent, ranges);
  return loop::is_constant(condition, 1) ? Expr() : condition;
}

Expr both(const Expr& a, const Expr& b) {
  if (!a) return b;
  return b ? a && b : a;
}

std::vector<Expr> conjuncts(const Expr& condition) {
  const auto* n = condition ? std::get_if<loop::Binary>(&condition->kind) : nullptr;
  if (n == nullptr || n->op != loop::BinaryOp::kAnd) {
    return condition ? std::vector{condition} : std::vector<Expr>();
  }
  std::vector<Expr> parts = conjuncts(n->a);
  for (const Expr& e : conjuncts(n->b)) parts.push_back(e);
  return parts;
}

}  // namespace vta::te
