#include "vta/ops/accel/weighted_add.h"

#include <algorithm>

#include "vta/ops/accel/does_not_fit.h"
#include "vta/ops/accel/splits.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

namespace vta::ops::accel {

namespace {

using hw::Memory;
using loop::cast;
using loop::Expr;
using loop::kInt32;
using loop::Scope;
using te::Tensor;
using Indices = std::vector<te::Var>;

constexpr int64_t kRecord = 3;  // elements

struct PerBlock {
  explicit PerBlock(const hw::Config& c)
      : in(std::max(c.block_out / c.block_in, 1)), out(std::max(c.block_in / c.block_out, 1)) {}
  int64_t in, out;  // elements
};

loop::Type integer(int bits) {
  return {loop::Type::Kind::kInt, bits};
}

}  // namespace

WeightedAddKnobs default_weighted_add_knobs(int64_t pixels, const hw::Config& config) {
  constexpr int64_t kThreads = 2, kTiles = 4;  // of each
  const PerBlock per(config);
  const int64_t room = std::min({config.depth(Memory::kInp) / (2 * per.in * kThreads),
                                 (config.depth(Memory::kAcc) - kRecord) / (per.out * kThreads)});
  if (room < 1 || 2 * per.in * per.out > config.depth(Memory::kWgt)) {
    throw DoesNotFit("a pixel of both operands does not fit the scratchpads");
  }
  if (pixels < 64) return {std::min(pixels, room), 1};
  return {std::min(room, ceil_div(pixels, kThreads * kTiles)), kThreads};
}

loop::Function weighted_add(int64_t pixels, const hw::Config& c) {
  const PerBlock per(c);
  const auto operand = [&](const char* name) {
    return te::placeholder({pixels, per.in, c.batch, c.block_in}, integer(c.inp_bits), name);
  };
  const auto weights = [&](const char* name) {
    return te::placeholder({per.out, per.in, c.block_out, c.block_in}, integer(c.wgt_bits), name);
  };
  const Tensor a = operand("a"), b = operand("b"), wa = weights("wa"), wb = weights("wb");
  const Tensor r = te::placeholder({1, 3, c.batch, c.block_out}, kInt32, "r");
  const std::vector<int64_t> out = {pixels, per.out, c.batch, c.block_out};
  const auto in_scratchpad = [&](const Tensor& x) {
    return te::compute_by(
        x.shape(), [&](const Indices& i) -> te::Body { return x(i[0], i[1], i[2], i[3]); },
        x.name() + "_inp");
  };
  // One more operand's products on top of `before`.
  const auto sum = [&](const Tensor& x, const Tensor& w, const Tensor* before, const char* name) {
    const Tensor staged = in_scratchpad(x);
    const te::Axis element = te::reduce_axis(per.in, "re"), k = te::reduce_axis(c.block_in, "rc");
    return te::compute_by(
        out,
        [&](const Indices& i) -> te::Body {
          te::Reduction total = te::sum(cast(kInt32, staged(i[0], element, i[2], k)) *
                                            cast(kInt32, w(i[1], element, i[3], k)),
                                        {element, k});
          if (before != nullptr) total.identity = (*before)(i[0], i[1], i[2], i[3]);
          return total;
        },
        name);
  };
  const Tensor first = sum(a, wa, nullptr, "first"), both = sum(b, wb, &first, "both");
  const Tensor scaled = te::compute_by(
      out,
      [&](const Indices& i) -> te::Body {
        const auto field = [&](int f) { return r(0, f, i[2], i[3]); };
        return loop::call("requantise",
                          {both(i[0], i[1], i[2], i[3]), field(0), field(1), field(2)});
      },
      "scaled");
  const Tensor y = te::compute_by(
      out,
      [&](const Indices& i) -> te::Body {
        return cast(integer(c.out_bits), scaled(i[0], i[1], i[2], i[3]));
      },
      "y");
  return te::lower("weighted_add", {y, a, b, wa, wb, r});
}

loop::Function scheduled_weighted_add(int64_t pixels, const WeightedAddKnobs& knobs,
                                      const hw::Config& config) {
  te::Schedule s(weighted_add(pixels, config), accelerator_intrinsics(config));
  const std::string wa = s.cache_read("first", "wa", Scope::kWgt),
                    wb = s.cache_read("both", "wb", Scope::kWgt),
                    r = s.cache_read("scaled", "r", Scope::kAcc);

  // Tiles of pixels; weights and record, outside them, are loaded once.
  const auto tile = s.split("y_i", {0, knobs.threads, knobs.pixels});
  s.bind_vthread(tile[1]);
  for (const char* stage : {"scaled", "both", "first"}) {
    s.set_scope(stage, Scope::kAcc);
    s.compute_at(stage, tile[1]);
  }
  for (const char* stage : {"a_inp", "b_inp"}) {
    s.set_scope(stage, Scope::kInp);
    s.compute_at(stage, tile[1]);
  }

  s.decompose_reduction("both", s.loops("both").end()[-6]);  // i e b o, element and channel
  s.in_place("both_init", "first");
  s.in_place("scaled", "first");
  for (const char* stage : {"first", "both"}) {
    const auto loops = s.loops(stage);
    s.reorder({loops.end()[-2], loops.end()[-4], loops.end()[-3], loops.end()[-1]});
    s.tensorize(loops.end()[-4], "vta.gemm",
                stage == std::string("first") ? "vta.gemm_overwrite" : "");
  }
  s.tensorize(s.loops("scaled").end()[-2], "vta.rqt");
  return s.function();
}

}  // namespace vta::ops::accel
