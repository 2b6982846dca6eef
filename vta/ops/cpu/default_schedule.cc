#include "vta/ops/cpu/default_schedule.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "vta/loop/rewrite.h"
#include "vta/ops/cpu/contract.h"
#include "vta/te/schedule.h"

namespace vta::ops::cpu {

namespace {

using loop::Block;
using loop::BlockIter;
using te::Schedule;
using Loops = std::vector<std::string>;

constexpr int64_t kLanes = 16;
constexpr int64_t kTile = 8;                 // vectors of a reduction's tile
constexpr int64_t kParallelSteps = 1 << 15;  // fewer are done before other threads have begun

int64_t largest_divisor(int64_t extent, int64_t most) {
  int64_t divisor = std::min(extent, most);
  while (extent % divisor != 0) --divisor;
  return divisor;
}

// Lanes that divide the extent, unless those would be few.
int64_t lanes_of(int64_t extent) {
  const int64_t lanes = largest_divisor(extent, kLanes);
  return lanes < kLanes / 2 && extent > kLanes ? kLanes : lanes;
}

// The variables of a block as te::lower orders them: of the result, then of the reduction.
struct Domain {
  explicit Domain(const Block& block) {
    for (const BlockIter& iter : block.iters) {
      extents.push_back(iter.extent);
      spatial += iter.kind == BlockIter::Kind::kSpatial ? 1 : 0;
      steps *= iter.extent;
    }
  }
  std::vector<int64_t> extents;
  size_t spatial = 0;
  int64_t steps = 1;
  bool reduces() const { return spatial < extents.size(); }
};

// The dimension over which some operand's vector stays the same: the operand is read along the
// innermost dimension, but not along this one.
std::optional<size_t> reuse_dimension(const Block& block, const Domain& domain) {
  const auto& iters = block.iters;
  std::optional<size_t> found;
  for_each_expr(block.body, [&](const loop::Expr& e) {
    const auto* load = std::get_if<loop::Load>(&e->kind);
    if (load == nullptr || found) return;
    const auto reads_along = [&](size_t d) {
      return std::ranges::any_of(load->indices,
                                 [&](const loop::Expr& i) { return uses(i, iters[d].var); });
    };
    if (!reads_along(domain.spatial - 1)) return;
    for (size_t d = 0; d + 1 < domain.spatial; ++d) {
      if (domain.extents[d] > 1 && !reads_along(d)) found = d;
    }
  });
  return found;
}

void run_in_parallel(Schedule& s, const Loops& outer, const Domain& domain) {
  if (outer.empty() || domain.steps < kParallelSteps) return;
  std::string fused = outer[0];
  for (size_t i = 1; i < outer.size(); ++i) fused = s.fuse(fused, outer[i]);
  s.parallel(fused);
}

void schedule_elementwise(Schedule& s, const std::string& name, const Domain& domain) {
  Loops outer = s.loops(name);
  const auto inner = s.split(outer.back(), {0, lanes_of(domain.extents.back())});
  s.vectorize(inner[1]);
  outer.back() = inner[0];
  run_in_parallel(s, outer, domain);
}

void schedule_reduction(Schedule& s, const Block& block, const Domain& domain) {
  const std::optional<size_t> reuse = reuse_dimension(block, domain);
  const std::string result = s.cache_write(block.name, loop::Scope::kLocal);
  Loops outer = s.loops(result);
  Loops tile;
  if (reuse) {
    const auto loops = s.split(outer[*reuse], {0, largest_divisor(domain.extents[*reuse], kTile)});
    outer[*reuse] = loops[0];
    tile.push_back(loops[1]);
  }
  const auto inner = s.split(outer.back(), {0, lanes_of(domain.extents[domain.spatial - 1])});
  outer.back() = inner[0];
  Loops order = outer;
  order.insert(order.end(), tile.begin(), tile.end());
  order.push_back(inner[1]);
  s.reorder(order);
  for (const std::string& loop : tile) s.unroll(loop);
  s.vectorize(inner[1]);
  s.compute_at(block.name, outer.back());

  // Of the tile's loops only those in `reuse` and along the vector have several iterations.
  Loops loops = s.loops(block.name);
  loops.erase(loops.begin(), loops.begin() + static_cast<ptrdiff_t>(outer.size()));
  const Loops spatial(loops.begin(), loops.begin() + static_cast<ptrdiff_t>(domain.spatial));
  const Loops axes(loops.begin() + static_cast<ptrdiff_t>(domain.spatial), loops.end());
  order = axes;
  order.insert(order.end(), spatial.begin(), spatial.end());
  s.reorder(order);
  const auto init = s.loops(s.decompose_reduction(block.name, axes[0]));
  for (size_t i = 0; i + 1 < spatial.size(); ++i) {
    s.unroll(spatial[i]);
    s.unroll(init[outer.size() + i]);
  }
  s.vectorize(spatial.back());
  s.vectorize(init.back());
  run_in_parallel(s, outer, domain);
}

}  // namespace

loop::Function default_schedule(const loop::Function& function) {
  Schedule s(function);
  for_each_stmt(function.body, [&](const loop::Stmt& stmt) {
    const Block* block = loop::as<Block>(stmt);
    if (block == nullptr) return;
    const Domain domain(*block);
    if (domain.spatial == 0) return;
    if (domain.reduces()) {
      schedule_reduction(s, *block, domain);
    } else {
      schedule_elementwise(s, block->name, domain);
    }
  });
  return contract(s.function());
}

}  // namespace vta::ops::cpu
