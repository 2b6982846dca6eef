#include "vta/ops/accel/depthwise_conv2d.h"

#include <algorithm>

#include "vta/ops/accel/border_class.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

namespace vta::ops::accel {

namespace {

using loop::call;
using loop::cast;
using loop::Expr;
using loop::kInt32;
using loop::Scope;
using te::Axis;
using te::compute_by;
using te::placeholder;
using te::Tensor;
using te::Var;
using Indices = std::vector<Var>;

loop::Type integer(int bits) {
  return {loop::Type::Kind::kInt, bits};
}

// The stage that requantises class k.
std::string scaled_name(const Conv2dShape& s, int64_t k) {
  return s.classes() == 1 ? "scaled" : fmt::format("scaled{}", k);
}

}  // namespace

TapRuns tap_runs(const Conv2dShape& s, const hw::Config& c) {
  const int64_t taps = c.depthwise_taps, parts = c.block_out / c.block_in;
  const bool same_layout = parts == 1 || c.batch == 1;
  const bool is_depthwise = s.in_blocks == 1 && s.out_blocks == 1 && s.dilation_w == 1;
  if (taps == 0 || !same_layout || !is_depthwise || s.kernel_w < taps) return {};
  const int64_t rest = s.kernel_w - taps;
  if (rest == 0) return {.count = 1, .step = 1};
  int64_t step = taps;
  while (rest % step != 0) --step;
  return {.count = rest / step + 1, .step = step};
}

loop::Function depthwise_conv2d(const Conv2dShape& s, const hw::Config& c) {
  const int64_t parts = c.block_out / c.block_in;
  const TapRuns runs = tap_runs(s, c);
  const Tensor x = placeholder({s.batches, s.groups, s.in_h, s.in_w, parts, c.batch, c.block_in},
                               integer(c.inp_bits), "x");
  const Tensor w = placeholder({s.groups, s.kernel_h, runs.count, c.block_out, c.block_in},
                               integer(c.wgt_bits), "w");
  const Tensor r = placeholder({s.classes() * s.groups, 3, c.batch, c.block_out}, kInt32, "r");

  const int64_t span_h = (s.out_h - 1) * s.stride_h + (s.kernel_h - 1) * s.dilation_h + 1;
  const int64_t span_w = (s.out_w - 1) * s.stride_w + s.kernel_w;
  const Expr padding = constant(x.type(), s.pad_min ? c.least_input() : 0);
  const Tensor padded = compute_by(
      {s.batches, s.groups, span_h, span_w, parts, c.batch, c.block_in},
      [&](const Indices& i) -> te::Body {
        const Expr row = Expr(i[2]) - s.pad_top, column = Expr(i[3]) - s.pad_left;
        return select(Expr(0) <= row && row < s.in_h && Expr(0) <= column && column < s.in_w,
                      x(i[0], i[1], row, column, i[4], i[5], i[6]), padding);
      },
      "x_inp");

  const Axis kh = te::reduce_axis(s.kernel_h, "rh"), run = te::reduce_axis(runs.count, "rr"),
             tap = te::reduce_axis(c.depthwise_taps, "rt");
  const std::vector<int64_t> out = {s.batches, s.groups, s.out_h, s.out_w, c.batch, c.block_out};
  const Tensor sum = compute_by(
      out,
      [&](const Indices& i) -> te::Body {
        const Expr row = Expr(i[2]) * s.stride_h + Expr(kh) * s.dilation_h;
        const Expr column = Expr(i[3]) * s.stride_w + Expr(run) * runs.step + tap;
        const Expr channel = i[5];
        return te::sum(cast(kInt32, padded(i[0], i[1], row, column, channel / c.block_in, i[4],
                                           channel % c.block_in)) *
                           cast(kInt32, w(i[1], kh, run, channel, tap)),
                       {kh, run, tap});
      },
      "sum");
  Tensor scaled = sum;
  for (int64_t k = 0; k < s.classes(); ++k) {
    const Tensor before = scaled;
    scaled = compute_by(
        out,
        [&](const Indices& i) -> te::Body {
          const auto record = [&](int field) {
            return r(Expr(i[1]) + k * s.groups, field, i[4], i[5]);
          };
          const Expr total = before(i[0], i[1], i[2], i[3], i[4], i[5]);
          const Expr value = call("requantise", {total, record(0), record(1), record(2)});
          return s.classes() == 1 ? value
                                  : select(in_class(s.row_classes, s.column_classes, k, i[2], i[3]),
                                           value, total);
        },
        scaled_name(s, k));
  }
  const Tensor y = compute_by(
      out,
      [&](const Indices& i) -> te::Body {
        return cast(integer(c.out_bits), scaled(i[0], i[1], i[2], i[3], i[4], i[5]));
      },
      "y");
  return te::lower("depthwise_conv2d", {x, w, r, y});
}

loop::Function scheduled_depthwise_conv2d(const Conv2dShape& shape, const Conv2dKnobs& k,
                                          const hw::Config& config) {
  te::Schedule s(depthwise_conv2d(shape, config), accelerator_intrinsics(config));
  const auto loops_of = [&](const std::string& block) { return s.loops(block); };
  const std::string w = s.cache_read("sum", "w", Scope::kWgt);
  std::vector<std::string> scaled, records;
  for (int64_t i = 0; i < shape.classes(); ++i) {
    scaled.push_back(scaled_name(shape, i));
    records.push_back(s.cache_read(scaled.back(), "r", Scope::kAcc));
    s.set_scope(scaled.back(), Scope::kAcc);
  }
  s.set_scope("sum", Scope::kAcc);
  s.set_scope("x_inp", Scope::kInp);

  // The intrinsics first: what they read moves into the tiles below, whole elements of it.
  const std::vector<std::string> sum = loops_of("sum");  // n g h v b f, p r t
  s.reorder({sum[0], sum[1], sum[2], sum[3], sum[6], sum[7], sum[4], sum[5], sum[8]});
  s.tensorize(sum[4], "vta.depthwise", "vta.depthwise_overwrite");

  // Tiles of the output; threads take neighbouring tiles.
  const std::vector<std::string> out = loops_of("y");
  const auto threads = [&](Across across) { return k.across == across ? k.threads : 1; };
  const auto n = s.split(out[0], {1, 0});  // the first: what happens once
  const auto g = s.split(out[1], {0, threads(Across::kGroups), k.groups});
  const auto h = s.split(out[2], {0, threads(Across::kRows), k.rows});
  const auto v = s.split(out[3], {0, k.columns});
  s.reorder({g[0], g[1], h[0], h[1], v[0], g[2], h[2], v[1]});
  s.bind_vthread(k.across == Across::kGroups ? g[1] : h[1]);
  for (auto it = scaled.rbegin(); it != scaled.rend(); ++it) s.compute_at(*it, v[0]);
  s.compute_at("sum", v[0]);
  for (const std::string& r : records) s.compute_at(r, k.records_stay ? n[0] : g[1]);
  s.compute_at("x_inp", v[0]);
  s.compute_at(w, k.weights_stay ? g[1] : v[0]);

  for (const std::string& block : scaled) {
    s.in_place(block, "sum");
    if (shape.classes() > 1) s.guard(block);
  }
  for (const std::string& block : scaled) s.tensorize(loops_of(block).end()[-2], "vta.rqt");
  return s.function();
}

}  // namespace vta::ops::accel
