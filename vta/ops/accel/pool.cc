#include "vta/ops/accel/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

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

// The parameters but the output, the padded input, and the outputs' shape.
struct Operands {
  Operands(const PoolShape& s, const hw::Config& config)
      : c(config),
        per_block_in(std::max(c.block_in, c.block_out) / c.block_in),
        per_block_out(std::max(c.block_in, c.block_out) / c.block_out),
        x(placeholder({s.planes, s.h.in, s.w.in, per_block_in, c.batch, c.block_in},
                      integer(c.inp_bits), "x")),
        unit(placeholder({per_block_out, per_block_in, c.block_out, c.block_in},
                         integer(c.wgt_bits), "unit")),
        padded(compute_by(
            {s.planes, s.h.span(s.h.out, s.h.kernel), s.w.span(s.w.out, s.w.kernel), per_block_in,
             c.batch, c.block_in},
            [&](const Indices& i) -> te::Body {
              const Expr row = Expr(i[1]) - s.h.pad, column = Expr(i[2]) - s.w.pad;
              return select(Expr(0) <= row && row < s.h.in && Expr(0) <= column && column < s.w.in,
                            x(i[0], row, column, i[3], i[4], i[5]), constant(x.type(), 0));
            },
            "x_inp")),
        out({s.planes, s.h.out, s.w.out, per_block_out, c.batch, c.block_out}) {}

  // One channel's term of the product of the padded input at these pixels and the unit matrix.
  Expr product(const Indices& i, const Expr& row, const Expr& column, const Axis& element,
               const Axis& channel) const {
    return cast(kInt32, padded(i[0], row, column, element, i[4], channel)) *
           cast(kInt32, unit(i[3], element, i[5], channel));
  }
  Axis element() const { return te::reduce_axis(per_block_in, "re"); }
  Axis channel() const { return te::reduce_axis(c.block_in, "rc"); }

  Tensor narrowed(const Tensor& result) const {
    return compute_by(
        out,
        [&](const Indices& i) -> te::Body {
          return cast(integer(c.out_bits), result(i[0], i[1], i[2], i[3], i[4], i[5]));
        },
        "y");
  }

  const hw::Config& c;
  int64_t per_block_in, per_block_out;
  Tensor x, unit, padded;
  std::vector<int64_t> out;
};

// The padded input's index of a tap.
Expr position(const PoolAxis& a, const Expr& window, const Expr& tap) {
  return window * a.stride + tap * a.dilation;
}

// Whether a padded index is in the picture; empty where that is certain.
void add_inside(const PoolAxis& a, const Expr& index, Expr& condition) {
  const auto also = [&](const Expr& e) { condition = condition ? condition && e : e; };
  if (a.pad > 0) also(Expr(a.pad) <= index);
  if (a.span(a.out, a.kernel) - a.pad > a.in) also(index < a.pad + a.in);
}

std::string scaled_name(const PoolShape& s, int64_t k) {
  return s.classes() == 1 ? "scaled" : fmt::format("scaled{}", k);
}

// Tiles of the output, each with what it is made of; `stages` from the last one to the reduction
// over the window, whose outermost loops become those of the kernel, its rows in steps.
struct WindowLoops {
  std::string step, row, column;  // of the kernel
};
WindowLoops tile(te::Schedule& s, const std::vector<std::string>& stages, const PoolKnobs& k) {
  const std::vector<std::string> out = s.loops("y");
  const int64_t p_threads = k.split_rows ? 1 : k.threads, h_threads = k.split_rows ? k.threads : 1;
  const auto p = s.split(out[0], {1, 0, p_threads, k.planes});  // the first: what happens once
  const auto h = s.split(out[1], {0, h_threads, k.rows});
  const auto v = s.split(out[2], {0, k.columns});
  s.reorder({p[1], p[2], h[0], h[1], v[0], p[3], h[2], v[1]});
  s.bind_vthread(k.split_rows ? h[1] : p[2]);
  const std::string& reduction = stages.back();
  const auto own_loops = std::ssize(s.loops(reduction));
  for (const std::string& stage : stages) {
    s.set_scope(stage, Scope::kAcc);
    s.compute_at(stage, v[0]);
  }
  const std::string first = s.loops(reduction).end()[-own_loops];
  const std::vector<std::string> loops = s.loops(reduction);
  const auto at = std::ranges::find(loops, first);  // p h v e b o, rows and columns of the kernel
  const auto rows = s.split(at[6], {0, k.kernel_rows});
  s.reorder({rows[0], rows[1], at[7], at[0], at[1], at[2], at[3], at[4], at[5]});
  return {rows[0], rows[1], at[7]};
}

}  // namespace

loop::Function max_pool(const PoolShape& s, const hw::Config& c) {
  const Operands operands(s, c);
  const Axis element = operands.element(), channel = operands.channel();
  std::vector<int64_t> wide = operands.padded.shape();
  wide[3] = operands.per_block_out;
  wide[5] = c.block_out;
  const Tensor x = compute_by(
      wide,
      [&](const Indices& i) -> te::Body {
        return te::sum(operands.product(i, i[1], i[2], element, channel), {element, channel});
      },
      "x_acc");
  const Axis kh = te::reduce_axis(s.h.kernel, "rh"), kw = te::reduce_axis(s.w.kernel, "rw");
  const Tensor largest = compute_by(
      operands.out,
      [&](const Indices& i) -> te::Body {
        const Expr row = position(s.h, i[1], kh), column = position(s.w, i[2], kw);
        Expr inside;
        add_inside(s.h, row, inside);
        add_inside(s.w, column, inside);
        const Expr value = x(i[0], row, column, i[3], i[4], i[5]);
        const Expr none = te::identity_of(loop::BinaryOp::kMax, kInt32);
        return te::Reduction{loop::BinaryOp::kMax,
                             constant(kInt32, -(1 << (c.out_bits - 1))),
                             inside ? select(inside, value, none) : value,
                             {kh, kw}};
      },
      "largest");
  return te::lower("max_pool", {operands.narrowed(largest), operands.x, operands.unit});
}

loop::Function average_pool(const PoolShape& s, const hw::Config& c) {
  const Operands operands(s, c);
  const Tensor r = placeholder({s.classes(), 3, c.batch, c.block_out}, kInt32, "r");
  const Axis kh = te::reduce_axis(s.h.kernel, "rh"), kw = te::reduce_axis(s.w.kernel, "rw"),
             element = operands.element(), channel = operands.channel();
  Tensor result = compute_by(
      operands.out,
      [&](const Indices& i) -> te::Body {
        return te::sum(
            operands.product(i, position(s.h, i[1], kh), position(s.w, i[2], kw), element, channel),
            {kh, kw, element, channel});
      },
      "sum");
  for (int64_t k = 0; k < s.classes(); ++k) {
    const Tensor before = result;
    result = compute_by(
        operands.out,
        [&](const Indices& i) -> te::Body {
          const auto record = [&](int field) { return r(k, field, i[4], i[5]); };
          const Expr total = before(i[0], i[1], i[2], i[3], i[4], i[5]);
          const Expr value = call("requantise", {total, record(0), record(1), record(2)});
          if (s.classes() == 1) return value;
          return select(in_class(s.row_classes, s.column_classes, k, i[1], i[2]), value, total);
        },
        scaled_name(s, k));
  }
  return te::lower("average_pool", {operands.narrowed(result), operands.x, operands.unit, r});
}

loop::Function scheduled_max_pool(const PoolShape& shape, const PoolKnobs& k,
                                  const hw::Config& config) {
  te::Schedule s(max_pool(shape, config), accelerator_intrinsics(config));
  const std::string unit = s.cache_read("x_acc", "unit", Scope::kWgt);
  s.set_scope("x_inp", Scope::kInp);
  s.set_scope("x_acc", Scope::kAcc);
  const WindowLoops window = tile(s, {"largest"}, k);
  s.decompose_reduction("largest", window.step);
  s.compute_at("x_acc", window.step);
  s.compute_at("x_inp", window.step);

  // Where padding leaves taps out, each tap is an instruction over the outputs that it has.
  if (shape.h.leaves_input() || shape.w.leaves_input()) {
    s.guard("largest");
    if (k.rows * k.columns > 1) {
      s.unroll(window.row);
      s.unroll(window.column);
    }
  }
  const auto lanes = [&](const std::string& block) { return s.loops(block).end()[-2]; };
  s.tensorize(lanes("largest_init"), "vta.set");
  s.tensorize(lanes("largest"), "vta.max");
  const auto x = s.loops("x_acc");
  s.reorder({x.end()[-2], x.end()[-4], x.end()[-3], x.end()[-1]});
  s.tensorize(x.end()[-4], "vta.gemm", "vta.gemm_overwrite");
  return s.function();
}

loop::Function scheduled_average_pool(const PoolShape& shape, const PoolKnobs& k,
                                      const hw::Config& config) {
  te::Schedule s(average_pool(shape, config), accelerator_intrinsics(config));
  const std::string unit = s.cache_read("sum", "unit", Scope::kWgt);
  s.set_scope("x_inp", Scope::kInp);
  std::vector<std::string> scaled, records;
  for (int64_t i = 0; i < shape.classes(); ++i) {
    scaled.push_back(scaled_name(shape, i));
    records.push_back(s.cache_read(scaled.back(), "r", Scope::kAcc));
  }
  std::vector<std::string> stages(scaled.rbegin(), scaled.rend());
  stages.emplace_back("sum");
  const WindowLoops window = tile(s, stages, k);
  if (!k.first_overwrites) s.decompose_reduction("sum", window.step);
  s.compute_at("x_inp", window.step);
  for (const std::string& record : records) s.compute_at(record, s.loops("y").front());

  for (const std::string& block : scaled) {
    s.in_place(block, "sum");
    if (shape.classes() > 1) s.guard(block);
    s.tensorize(s.loops(block).end()[-2], "vta.rqt");
  }
  if (!k.first_overwrites) s.tensorize(s.loops("sum_init").end()[-2], "vta.reset");
  const auto sum = s.loops("sum");
  s.reorder({sum.end()[-2], sum.end()[-4], sum.end()[-3], sum.end()[-1]});
  s.tensorize(sum.end()[-4], "vta.gemm", k.first_overwrites ? "vta.gemm_overwrite" : "");
  return s.function();
}

}  // namespace vta::ops::accel
