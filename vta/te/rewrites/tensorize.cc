// tensorize: the nest below a loop, or inside a block, becomes a call of an intrinsic that is
// proven to compute the same. The block then counts tiles. Where the nest is a reduction that
// goes on over several steps, its init stays a nest, or becomes the call of a second intrinsic: one
// that does just the init, or one that does init and first step together.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/blockize.h"
#include "vta/te/match.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

using Kind = loop::BlockIter::Kind;

Description find_intrinsic(const loop::Intrinsics& intrinsics, const std::string& name) {
  const auto found = intrinsics.find(name);
  std::vector<std::string> names;
  for (const auto& [known, function] : intrinsics) names.push_back(known);
  require(found != intrinsics.end(), "there is no intrinsic '{}', only {}", name,
          fmt::join(names, ", "));
  return describe(name, found->second);
}

Path find_place(const Function& f, const std::string& loop_or_block) {
  for (const Stmt& s : blocks_in(f.body)) {
    if (loop::as<Block>(s)->name == loop_or_block) return find_block(f, loop_or_block);
  }
  return find_loop(f, loop_or_block);
}

// One statement in the first step of a block's sum, another one in those after it.
Stmt by_step(const Block& block, const Stmt& first, const Stmt& later) {
  Expr is_first, is_later;
  for (const loop::BlockIter& i : block.iters) {
    if (i.kind != Kind::kReduce || i.extent == 1) continue;
    is_first = both(is_first, i.var == Expr(0));
    is_later = is_later ? is_later || Expr(0) < i.var : Expr(0) < i.var;
  }
  if (!is_first) return first;
  return make_seq({make_stmt(loop::If{is_first, first}), make_stmt(loop::If{is_later, later})});
}

bool has_one_step(const Block& block) {
  return std::ranges::all_of(block.iters, [](const loop::BlockIter& i) {
    return i.kind == Kind::kSpatial || i.extent == 1;
  });
}

}  // namespace

Result tensorize(const Function& f, const loop::Intrinsics& intrinsics,
                 const std::string& loop_or_block, const std::string& intrinsic,
                 const std::string& init_intrinsic) {
  const std::string what = fmt::format("tensorize {} {}", loop_or_block, intrinsic);
  const Path place = find_place(f, loop_or_block);
  const Description description = find_intrinsic(intrinsics, intrinsic);
  Block block = blockize(place, what);

  loop::Ranges ranges;
  for (const loop::BlockIter& i : block.iters) ranges[i.var] = {0, i.extent - 1};
  const Nest body = as_nest(block.body, what);
  const std::optional<Nest> init =
      block.init ? std::optional(as_nest(block.init, what)) : std::nullopt;
  block.body = make_stmt(match_intrinsic(description, body, init, ranges, what));
  if (description.init) {
    require(has_one_step(block), "{}: {} starts anew what block {} continues in several steps",
            what, intrinsic, block.name);
    block.init = Stmt();
  }
  if (!init_intrinsic.empty()) {
    require(static_cast<bool>(block.init), "{}: there is no init for {}", what, init_intrinsic);
    const Description start = find_intrinsic(intrinsics, init_intrinsic);
    if (start.init) {
      const auto overwrite = match_intrinsic(start, body, init, ranges, what);
      block.body = by_step(block, make_stmt(overwrite), block.body);
      block.init = Stmt();
    } else {
      block.init = make_stmt(match_intrinsic(start, *init, std::nullopt, ranges, what));
    }
  }
  Result result{f, {block.name}};
  result.function.body = exchange(f.body, place.back(), make_stmt(std::move(block)));
  return result;
}

}  // namespace vta::te::rewrites
