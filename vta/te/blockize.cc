#include "vta/te/blockize.h"

#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"

namespace vta::te {

namespace {

using Kind = loop::BlockIter::Kind;

// From `nest` down to the block, loops only; the block comes last.
Path chain_to_block(const Path& nest, std::string_view what) {
  Path chain;
  for (Stmt s = nest.back();; s = loop::as<For>(s)->body) {
    chain.push_back(s);
    if (loop::as<Block>(s) != nullptr) return chain;
    require(loop::as<For>(s) != nullptr, "{}: loop {} holds more than one block and its loops",
            what, loop_at(nest).var.name());
  }
}

// How many values the loops inside run through, from the start of a tile: the offset must be their
// count in mixed radix.
int64_t tile_of(const loop::BlockIter& iter, const Expr& offset, const loop::Ranges& inner,
                std::string_view what) {
  const auto affine = loop::as_affine(offset);
  require(affine && affine->constant == 0, "{}: {} is {}, which is not affine in the tile's loops",
          what, iter.var.name(), to_string(iter.binding));
  std::vector<std::pair<int64_t, Var>> digits;
  for (const auto& [var, coefficient] : affine->coefficients) {
    require(inner.contains(var), "{}: {} is {}, which mixes loop {} into the tile", what,
            iter.var.name(), to_string(iter.binding), var.name());
    digits.emplace_back(coefficient, var);
  }
  std::ranges::sort(digits);
  int64_t tile = 1;
  for (const auto& [coefficient, var] : digits) {
    require(coefficient == tile, "{}: loop {} moves {} by {}, must be by {}", what, var.name(),
            iter.var.name(), coefficient, tile);
    tile *= inner.at(var).high + 1;
  }
  return tile;
}

bool uses_any(const Expr& e, const loop::Ranges& vars) {
  return std::ranges::any_of(vars, [&](const auto& entry) { return loop::uses(e, entry.first); });
}

// `s` in loops over the tile, for those variables that it uses.
Stmt over_tile(Stmt s, const std::vector<For>& loops) {
  for (auto it = loops.rbegin(); it != loops.rend(); ++it) {
    bool is_used = false;
    for_each_expr(s, [&](const Expr& e) {
      const Var* v = loop::as_var(e);
      is_used |= v != nullptr && *v == it->var;
    });
    if (!is_used) continue;
    const Var own(it->var.name());
    s = make_for(own, it->extent, substitute(s, {{it->var, own}}));
  }
  return s;
}

}  // namespace

Block blockize(const Path& nest, std::string_view what) {
  const Path chain = chain_to_block(nest, what);
  Block block = block_at(chain);
  loop::Ranges outer, inner;  // of loops around the tile and in it
  loop::Substitution to_begin, single;
  for (const Stmt& s : nest) {
    const For* n = loop::as<For>(s);
    if (n != nullptr && !s.same_as(nest.back())) outer[n->var] = {0, n->extent - 1};
  }
  for (const Stmt& s : loops_of(chain)) {
    const For& n = *loop::as<For>(s);
    to_begin[n.var] = 0;
    if (n.extent > 1) {
      inner[n.var] = {0, n.extent - 1};
    } else {
      single[n.var] = 0;
    }
  }
  loop::Ranges all = outer;
  all.insert(inner.begin(), inner.end());

  std::map<Var, std::string> moved_by;
  std::vector<For> tile_loops;
  loop::Substitution values;
  for (loop::BlockIter& i : block.iters) {
    const Expr begin = simplify(substitute(i.binding, to_begin), outer);
    const Expr offset = simplify(substitute(i.binding, single) - begin, all);
    const int64_t tile = tile_of(i, offset, inner, what);
    for (const auto& [var, range] : inner) {
      if (!loop::uses(offset, var)) continue;
      const auto [it, is_first] = moved_by.emplace(var, i.var.name());
      require(is_first, "{}: loop {} moves both {} and {}", what, var.name(), it->second,
              i.var.name());
    }
    require(i.extent % tile == 0, "{}: {} has {} values, no multiple of the tile's {}: pad_einsum",
            what, i.var.name(), i.extent, tile);
    const Expr first = simplify(begin / tile, outer);
    require(loop::is_constant(simplify(first * tile - begin, outer), 0),
            "{}: {} begins at {}, which is no multiple of the tile's {}", what, i.var.name(),
            to_string(begin), tile);

    const Var counter(i.var.name());
    Expr value = counter;
    if (tile > 1) {
      tile_loops.push_back({Var(without_v(i.var.name())), tile});
      value = value * tile + tile_loops.back().var;
    }
    values[i.var] = value;
    i = {counter, i.extent / tile, i.kind, first};
  }
  for (const auto& [var, range] : inner) {
    require(moved_by.contains(var), "{}: block {} does the same in every iteration of loop {}",
            what, block.name, var.name());
  }
  if (block.predicate) {
    block.predicate = simplify(substitute(block.predicate, single), all);
    require(!uses_any(block.predicate, inner),
            "{}: block {} runs only where {}, not for whole tiles", what, block.name,
            to_string(block.predicate));
    if (loop::is_constant(block.predicate, 1)) block.predicate = Expr();
  }
  if (block.init) block.init = over_tile(substitute(block.init, values), tile_loops);
  block.body = over_tile(substitute(block.body, values), tile_loops);
  return block;
}

}  // namespace vta::te
