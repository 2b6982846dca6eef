#include "vta/ops/accel/conv2d_transpose.h"

#include <fmt/format.h>

#include <algorithm>

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
std::string scaled_name(const Conv2dTransposeShape& s, int64_t k) {
  return s.classes() == 1 ? "scaled" : fmt::format("scaled{}", k);
}

Expr in_progression(const Progression& p, const Expr& index) {
  const Expr inside = Expr(p.begin) <= index && index < p.end;
  return p.step == 1 ? inside : inside && index % p.step == p.begin % p.step;
}

Expr in_class(const Conv2dTransposeShape& s, int64_t k, const Expr& row, const Expr& column) {
  const auto columns = std::ssize(s.column_classes);
  return in_progression(s.row_classes[static_cast<size_t>(k / columns)], row) &&
         in_progression(s.column_classes[static_cast<size_t>(k % columns)], column);
}

// Of one dimension: the tap of the kernel, and the index in the padded input, that an output meets
// at `t` of its phase's taps.
struct Meeting {
  Meeting(const Expr& out, const Axis& t, int64_t stride, int64_t pad, int64_t taps)
      : tap((out + pad) % stride + Expr(t) * stride),
        from((out + pad) / stride - pad / stride + (taps - 1) - t) {}
  Expr tap, from;
};

}  // namespace

loop::Function conv2d_transpose(const Conv2dTransposeShape& s, const hw::Config& c) {
  const int64_t block = std::max(c.block_in, c.block_out);
  const int64_t ipb = block / c.block_in, opb = block / c.block_out;
  const Tensor x =
      placeholder({s.batches, s.groups, s.in_blocks, s.in_h, s.in_w, ipb, c.batch, c.block_in},
                  integer(c.inp_bits), "x");
  const Tensor w = placeholder({s.groups, s.out_blocks * opb, s.in_blocks * ipb, s.kernel_h,
                                s.kernel_w, c.block_out, c.block_in},
                               integer(c.wgt_bits), "w");
  const Tensor r = placeholder({s.groups, s.out_blocks * opb, s.classes(), 3, c.batch, c.block_out},
                               kInt32, "r");

  const Expr padding = constant(x.type(), s.pad_min ? c.least_input() : 0);
  const Tensor padded = compute_by(
      {s.batches, s.groups, s.in_blocks, s.span_h(s.out_h), s.span_w(s.out_w), ipb, c.batch,
       c.block_in},
      [&](const Indices& i) -> te::Body {
        const Expr row = Expr(i[3]) - s.before_h(), column = Expr(i[4]) - s.before_w();
        return select(Expr(0) <= row && row < s.in_h && Expr(0) <= column && column < s.in_w,
                      x(i[0], i[1], i[2], row, column, i[5], i[6], i[7]), padding);
      },
      "x_inp");

  const Axis ib = te::reduce_axis(s.in_blocks, "rb"), ie = te::reduce_axis(ipb, "re"),
             th = te::reduce_axis(s.taps_h(), "rh"), tw = te::reduce_axis(s.taps_w(), "rw"),
             ci = te::reduce_axis(c.block_in, "rc");
  const std::vector<int64_t> out = {s.batches, s.groups, s.out_blocks, s.out_h,
                                    s.out_w,   opb,      c.batch,      c.block_out};
  const auto element = [opb](const Indices& i) { return Expr(i[2]) * opb + i[5]; };
  const Tensor sum = compute_by(
      out,
      [&](const Indices& i) -> te::Body {
        const Meeting row(i[3], th, s.stride_h, s.pad_top, s.taps_h());
        const Meeting column(i[4], tw, s.stride_w, s.pad_left, s.taps_w());
        const Expr product =
            cast(kInt32, padded(i[0], i[1], ib, row.from, column.from, ie, i[6], ci)) *
            cast(kInt32, w(i[1], element(i), Expr(ib) * ipb + ie, row.tap, column.tap, i[7], ci));
        return te::sum(
            select(row.tap < s.kernel_h && column.tap < s.kernel_w, product, constant(kInt32, 0)),
            {ib, ie, th, tw, ci});
      },
      "sum");
  const Tensor records = compute_by(
      r.shape(),
      [&](const Indices& i) -> te::Body { return r(i[0], i[1], i[2], i[3], i[4], i[5]); }, "r_acc");
  Tensor scaled = sum;
  for (int64_t k = 0; k < s.classes(); ++k) {
    const Tensor before = scaled;
    scaled = compute_by(
        out,
        [&](const Indices& i) -> te::Body {
          const auto record = [&](int field) {
            return records(i[1], element(i), k, field, i[6], i[7]);
          };
          const Expr total = before(i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]);
          const Expr value = call("requantise", {total, record(0), record(1), record(2)});
          return s.classes() == 1 ? value : select(in_class(s, k, i[3], i[4]), value, total);
        },
        scaled_name(s, k));
  }
  const Tensor y = compute_by(
      out,
      [&](const Indices& i) -> te::Body {
        return cast(integer(c.out_bits), scaled(i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]));
      },
      "y");
  return te::lower("conv2d_transpose", {x, w, r, y});
}

loop::Function scheduled_conv2d_transpose(const Conv2dTransposeShape& shape, const Conv2dKnobs& k,
                                          const hw::Config& config) {
  te::Schedule s(conv2d_transpose(shape, config), accelerator_intrinsics(config));
  const auto loops_of = [&](const std::string& block) { return s.loops(block); };
  const std::string w = s.cache_read("sum", "w", Scope::kWgt);
  std::vector<std::string> scaled;
  for (int64_t i = 0; i < shape.classes(); ++i) {
    scaled.push_back(scaled_name(shape, i));
    s.set_scope(scaled.back(), Scope::kAcc);
  }
  s.set_scope("r_acc", Scope::kAcc);
  s.set_scope("sum", Scope::kAcc);
  s.set_scope("x_inp", Scope::kInp);

  // Tiles of the output; threads take neighbouring tiles.
  const std::vector<std::string> out = loops_of("y");
  const auto threads = [&](Across across) { return k.across == across ? k.threads : 1; };
  const auto n = s.split(out[0], {1, 0});  // the first: what happens once
  const auto g = s.split(out[1], {0, threads(Across::kGroups), k.groups});
  const auto o = s.split(out[2], {0, threads(Across::kOutBlocks), k.out_blocks});
  const auto h = s.split(out[3], {0, threads(Across::kRows), k.rows * shape.stride_h});
  const auto v = s.split(out[4], {0, k.columns * shape.stride_w});
  s.reorder({g[0], g[1], o[0], o[1], h[0], h[1], v[0], g[2], o[2], h[2], v[1]});
  s.bind_vthread(k.across == Across::kGroups ? g[1] : k.across == Across::kRows ? h[1] : o[1]);
  for (auto it = scaled.rbegin(); it != scaled.rend(); ++it) s.compute_at(*it, v[0]);
  s.compute_at("sum", v[0]);
  s.compute_at("r_acc", k.records_stay ? n[0] : o[1]);

  // The reduction in steps over input blocks; in each step, phase after phase.
  const std::vector<std::string> sum = loops_of("sum");
  const size_t first = sum.size() - 13;  // n g o h v e b f, i ie p q c
  const auto rows = s.split(sum[first + 3], {0, shape.stride_h});
  const auto columns = s.split(sum[first + 4], {0, shape.stride_w});
  const auto i = s.split(sum[first + 8], {0, k.in_blocks});
  s.reorder({i[0], rows[1], columns[1], sum[first], sum[first + 1], sum[first + 2], rows[0],
             columns[0], sum[first + 5], i[1], sum[first + 9], sum[first + 10], sum[first + 11],
             sum[first + 6], sum[first + 7], sum[first + 12]});
  const std::string init = s.decompose_reduction("sum", i[0]);
  s.guard("sum");
  s.compute_at("x_inp", i[0]);
  s.compute_at(w, k.weights_stay ? o[1] : i[0]);
  if (k.weights_stay) {  // they come in the pieces that the steps need
    const int64_t per_block = std::max(config.block_out / config.block_in, 1);
    s.unroll(s.split(loops_of(w).end()[-5], {0, k.in_blocks * per_block})[0]);
  }

  for (const std::string& block : scaled) {
    s.in_place(block, "sum");
    if (shape.classes() == 1) continue;
    s.guard(block);
    const std::vector<std::string> loops = loops_of(block);  // … h v e b f
    const auto by_row = s.split(loops.end()[-5], {0, shape.stride_h});
    const auto by_column = s.split(loops.end()[-4], {0, shape.stride_w});
    s.reorder({by_row[1], by_column[1], by_row[0], by_column[0]});
  }
  s.tensorize(sum[first + 6], "vta.gemm");
  s.tensorize(loops_of(init).end()[-2], "vta.reset");
  for (const std::string& block : scaled) s.tensorize(loops_of(block).end()[-2], "vta.rqt");
  return s.function();
}

}  // namespace vta::ops::accel
