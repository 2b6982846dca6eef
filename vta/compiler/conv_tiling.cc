#include "vta/compiler/conv_tiling.h"

#include <limits>
#include <set>
#include <vector>

#include "vta/compiler/requantise_records.h"

namespace vta::compiler {

namespace {

// Tile sizes worth trying for an extent: the even splits into 1, 2, 3, … parts.
std::vector<int64_t> splits(int64_t extent) {
  std::set<int64_t> sizes;
  for (int64_t parts = 1; parts <= extent; ++parts) sizes.insert(ceil_div(extent, parts));
  return {sizes.rbegin(), sizes.rend()};
}

constexpr int64_t kMaxLoop = (1 << 14) - 1;    // iter_in, iter_out
constexpr int64_t kMaxStride = (1 << 16) - 1;  // x_size, x_stride

struct Limits {
  explicit Limits(const hw::Config& c)
      : inp(c.depth(hw::Memory::kInp) / 2),
        wgt(c.depth(hw::Memory::kWgt) / 2),
        acc(std::min(c.depth(hw::Memory::kAcc) / 2, kMaxLoop)),
        uop(c.depth(hw::Memory::kUop)) {}
  int64_t inp, wgt, acc, uop;
};

bool fits(const ConvShape& s, const ConvTile& t, const Packing& p, const Limits& limits) {
  const int64_t taps = s.kernel_h * s.kernel_w;
  const int64_t inputs = t.in_blocks * p.inp_per_block * s.span_h(t.rows) * s.span_w(t.columns);
  const int64_t out_elements = t.out_blocks * p.out_per_block;
  const int64_t tiles = out_elements * t.in_blocks * p.inp_per_block * taps;  // = micro-ops
  const int64_t accumulators = out_elements * (t.rows * t.columns + kRecordElements * s.records);
  const int64_t weight_row = s.in_blocks * p.inp_per_block * taps;
  const int64_t image_row = std::max(s.in_w * p.inp_per_block, s.out_w * p.out_per_block);
  if (weight_row > kMaxStride || image_row > kMaxStride) return false;
  return inputs <= limits.inp && tiles <= limits.wgt && tiles <= limits.uop &&
         accumulators <= limits.acc;
}

// Bytes that the tiles load, and so many more for each instruction as its latency would have moved.
double cost(const ConvShape& s, const ConvTile& t, const Packing& p, const hw::Config& config) {
  const auto out_tiles = static_cast<double>(ceil_div(s.out_blocks, t.out_blocks));
  const auto spatial =
      static_cast<double>(ceil_div(s.out_h, t.rows) * ceil_div(s.out_w, t.columns));
  const auto steps = static_cast<double>(ceil_div(s.in_blocks, t.in_blocks));
  const double inputs =
      static_cast<double>(s.in_blocks * p.inp_per_block * s.span_h(t.rows) * s.span_w(t.columns) *
                          config.element_bytes(hw::Memory::kInp)) *
      out_tiles * spatial;
  const double weights =
      static_cast<double>(s.out_blocks * p.out_per_block * s.in_blocks * p.inp_per_block *
                          s.kernel_h * s.kernel_w * config.element_bytes(hw::Memory::kWgt)) *
      (t.in_blocks == s.in_blocks ? 1.0 : spatial);
  const double loads = out_tiles * spatial * (steps + static_cast<double>(s.in_blocks));
  const double latency_bytes = config.memory_latency_cycles * config.memory_bytes_per_cycle;
  return inputs + weights + loads * latency_bytes;
}

}  // namespace

std::optional<ConvTile> search_conv_tile(const ConvShape& shape, const hw::Config& config) {
  const Packing packing(config);
  const Limits limits(config);
  std::optional<ConvTile> best;
  double best_cost = std::numeric_limits<double>::infinity();
  for (const int64_t out_blocks : splits(shape.out_blocks)) {
    for (const int64_t in_blocks : splits(shape.in_blocks)) {
      for (const int64_t rows : splits(shape.out_h)) {
        for (const int64_t columns : splits(shape.out_w)) {
          const ConvTile tile{out_blocks, rows, columns, in_blocks};
          if (!fits(shape, tile, packing, limits)) continue;
          const double tile_cost = cost(shape, tile, packing, config);
          if (tile_cost < best_cost) {
            best = tile;
            best_cost = tile_cost;
          }
          break;  // narrower columns only move more
        }
      }
    }
  }
  return best;
}

}  // namespace vta::compiler
