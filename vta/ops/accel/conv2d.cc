#include "vta/ops/accel/conv2d.h"

#include <algorithm>

#include "vta/base/error.h"
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

std::string_view name_of(Across across) {
  return across == Across::kGroups ? "groups" : across == Across::kRows ? "rows" : "blocks";
}

loop::Function conv2d(const Conv2dShape& s, const hw::Config& c) {
  const int64_t block = std::max(c.block_in, c.block_out);
  const int64_t ipb = block / c.block_in, opb = block / c.block_out;
  const Tensor x =
      placeholder({s.batches, s.groups, s.in_blocks, s.in_h, s.in_w, ipb, c.batch, c.block_in},
                  integer(c.inp_bits), "x");
  const Tensor w = placeholder({s.groups, s.out_blocks * opb, s.in_blocks * ipb, s.kernel_h,
                                s.kernel_w, c.block_out, c.block_in},
                               integer(c.wgt_bits), "w");
  const Tensor r = placeholder(
      {s.classes() * s.groups, s.out_blocks * opb, 3, c.batch, c.block_out}, kInt32, "r");

  const int64_t span_h = (s.out_h - 1) * s.stride_h + (s.kernel_h - 1) * s.dilation_h + 1;
  const int64_t span_w = (s.out_w - 1) * s.stride_w + (s.kernel_w - 1) * s.dilation_w + 1;
  const Expr padding = constant(x.type(), s.pad_min ? c.least_input() : 0);
  const Tensor padded = compute_by(
      {s.batches, s.groups, s.in_blocks, span_h, span_w, ipb, c.batch, c.block_in},
      [&](const Indices& i) -> te::Body {
        const Expr row = Expr(i[3]) - s.pad_top, column = Expr(i[4]) - s.pad_left;
        return select(Expr(0) <= row && row < s.in_h && Expr(0) <= column && column < s.in_w,
                      x(i[0], i[1], i[2], row, column, i[5], i[6], i[7]), padding);
      },
      "x_inp");

  const Axis ib = te::reduce_axis(s.in_blocks, "rb"), ie = te::reduce_axis(ipb, "re"),
             kh = te::reduce_axis(s.kernel_h, "rh"), kw = te::reduce_axis(s.kernel_w, "rw"),
             ci = te::reduce_axis(c.block_in, "rc");
  const std::vector<int64_t> out = {s.batches, s.groups, s.out_blocks, s.out_h,
                                    s.out_w,   opb,      c.batch,      c.block_out};
  const auto element = [opb](const Indices& i) { return Expr(i[2]) * opb + i[5]; };
  const Tensor sum = compute_by(
      out,
      [&](const Indices& i) -> te::Body {
        const Expr row = Expr(i[3]) * s.stride_h + Expr(kh) * s.dilation_h;
        const Expr column = Expr(i[4]) * s.stride_w + Expr(kw) * s.dilation_w;
        return te::sum(cast(kInt32, padded(i[0], i[1], ib, row, column, ie, i[6], ci)) *
                           cast(kInt32, w(i[1], element(i), Expr(ib) * ipb + ie, kh, kw, i[7], ci)),
                       {ib, ie, kh, kw, ci});
      },
      "sum");
  Tensor scaled = sum;
  for (int64_t k = 0; k < s.classes(); ++k) {
    const Tensor before = scaled;
    scaled = compute_by(
        out,
        [&](const Indices& i) -> te::Body {
          const auto record = [&](int field) {
            return r(Expr(i[1]) + k * s.groups, element(i), field, i[6], i[7]);
          };
          const Expr total = before(i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]);
          const Expr value = call("requantise", {total, record(0), record(1), record(2)});
          return s.classes() == 1 ? value
                                  : select(in_class(s.row_classes, s.column_classes, k, i[3], i[4]),
                                           value, total);
        },
        scaled_name(s, k));
  }
  const Tensor y = compute_by(
      out,
      [&](const Indices& i) -> te::Body {
        return cast(integer(c.out_bits), scaled(i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]));
      },
      "y");
  return te::lower("conv2d", {x, w, r, y});
}

loop::Function scheduled_conv2d(const Conv2dShape& shape, const Conv2dKnobs& k,
                                const hw::Config& config) {
  te::Schedule s(conv2d(shape, config), accelerator_intrinsics(config));
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

  // Tiles of the output; threads take neighbouring tiles.
  const std::vector<std::string> out = loops_of("y");
  const auto threads = [&](Across across) { return k.across == across ? k.threads : 1; };
  const auto n = s.split(out[0], {1, 0});  // the first: what happens once
  const auto g = s.split(out[1], {0, threads(Across::kGroups), k.groups});
  const auto o = s.split(out[2], {0, threads(Across::kOutBlocks), k.out_blocks});
  const auto h = s.split(out[3], {0, threads(Across::kRows), k.rows});
  const auto v = s.split(out[4], {0, k.columns});
  s.reorder({g[0], g[1], o[0], o[1], h[0], h[1], v[0], g[2], o[2], h[2], v[1]});
  s.bind_vthread(k.across == Across::kGroups ? g[1] : k.across == Across::kRows ? h[1] : o[1]);
  for (auto it = scaled.rbegin(); it != scaled.rend(); ++it) s.compute_at(*it, v[0]);
  s.compute_at("sum", v[0]);
  for (const std::string& r : records) s.compute_at(r, k.records_stay ? n[0] : o[1]);

  // The reduction in steps over input blocks.
  const std::vector<std::string> sum = loops_of("sum");
  const size_t first = sum.size() - 13;  // n g o h v e b f, i ie p q c
  const auto i = s.split(sum[first + 8], {0, k.in_blocks});
  std::vector<std::string> order = {i[0]};
  for (size_t d = 0; d < 6; ++d) order.push_back(sum[first + d]);
  order.insert(order.end(), {i[1], sum[first + 9], sum[first + 10], sum[first + 11], sum[first + 6],
                             sum[first + 7], sum[first + 12]});
  s.reorder(order);
  s.compute_at("x_inp", i[0]);
  s.compute_at(w, k.weights_stay ? o[1] : i[0]);
  if (k.weights_stay) {  // they come in the pieces that the steps need
    const int64_t per_block = std::max(config.block_out / config.block_in, 1);
    s.unroll(s.split(loops_of(w).end()[-5], {0, k.in_blocks * per_block})[0]);
  }

  for (const std::string& block : scaled) {
    s.in_place(block, "sum");
    if (shape.classes() > 1) s.guard(block);
  }
  s.tensorize(sum[first + 6], "vta.gemm", "vta.gemm_overwrite");
  for (const std::string& block : scaled) s.tensorize(loops_of(block).end()[-2], "vta.rqt");
  return s.function();
}

}  // namespace vta::ops::accel
