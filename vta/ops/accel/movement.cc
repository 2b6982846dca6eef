#include "vta/ops/accel/movement.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>

#include "vta/loop/rewrite.h"
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
using te::Axis;
using te::Tensor;
using Indices = std::vector<te::Var>;

loop::Type integer(int bits) {
  return {loop::Type::Kind::kInt, bits};
}
int64_t elements_in(const hw::Config& c) {
  return std::max(c.block_out / c.block_in, 1);
}
int64_t elements_out(const hw::Config& c) {
  return std::max(c.block_in / c.block_out, 1);
}

Tensor output(const MovementShape& s, int64_t blocks, const hw::Config& c, std::string name) {
  return te::placeholder(
      {s.batches, blocks, s.h, s.repeat_h, s.w, s.repeat_w, elements_out(c), c.batch, c.block_out},
      integer(c.out_bits), std::move(name));
}
Tensor unit_matrix(const hw::Config& c, std::string name) {
  return te::placeholder({elements_out(c), elements_in(c), c.block_out, c.block_in},
                         integer(c.wgt_bits), std::move(name));
}

// Input k alone, to an output of its own: parameters y, x, unit, called by the number.
loop::Function part(const MovementShape& s, size_t k, const hw::Config& c) {
  const Tensor x =
      te::placeholder({s.batches, s.blocks[k], s.h, s.w, elements_in(c), c.batch, c.block_in},
                      integer(c.inp_bits), fmt::format("x{}", k));
  const Tensor unit = unit_matrix(c, fmt::format("unit{}", k));
  const Axis element = te::reduce_axis(elements_in(c), "re"),
             channel = te::reduce_axis(c.block_in, "rc");
  const std::vector<int64_t> shape = output(s, s.blocks[k], c, "").shape();
  const Tensor moved = te::compute_by(
      shape,
      [&](const Indices& i) -> te::Body {
        return te::sum(cast(kInt32, x(i[0], i[1], i[2], i[4], element, i[7], channel)) *
                           cast(kInt32, unit(i[6], element, i[8], channel)),
                       {element, channel});
      },
      fmt::format("moved{}", k));
  const Tensor y = te::compute_by(
      shape,
      [&](const Indices& i) -> te::Body {
        return cast(integer(c.out_bits), moved.at({i.begin(), i.end()}));
      },
      fmt::format("y{}", k));
  return te::lower("part", {y, x, unit});
}

// n c h p w q e b o: p and q repeat rows and columns.
loop::Function scheduled_part(const MovementShape& shape, size_t part_number,
                              const MovementKnobs& k, const hw::Config& config) {
  te::Schedule s(part(shape, part_number, config), accelerator_intrinsics(config));
  const std::string x = fmt::format("x{}", part_number), y = fmt::format("y{}", part_number);
  const std::string moved = fmt::format("moved{}", part_number);
  s.cache_read(moved, fmt::format("unit{}", part_number), Scope::kWgt);
  const std::string x_inp = s.cache_read(moved, x, Scope::kInp);
  s.set_scope(moved, Scope::kAcc);

  const std::vector<std::string> out = s.loops(y);
  const int64_t c_threads = k.split_rows ? 1 : k.threads, h_threads = k.split_rows ? k.threads : 1;
  const int64_t blocks = std::min(k.blocks, shape.blocks[part_number]);
  const auto c = s.split(out[1], {0, c_threads, blocks});
  const auto h = s.split(out[2], {0, h_threads, k.rows});
  const auto w = s.split(out[4], {0, k.columns});
  s.reorder({c[0], c[1], h[0], h[1], w[0], c[2], h[2], out[3], w[1]});
  s.bind_vthread(k.split_rows ? h[1] : c[1]);
  s.compute_at(moved, w[0]);
  s.compute_at(x_inp, w[0]);

  const auto sum = s.loops(moved);  // …, b o, element, channel
  s.reorder({sum.end()[-2], sum.end()[-4], sum.end()[-3], sum.end()[-1]});
  s.tensorize(sum.end()[-4], "vta.gemm", "vta.gemm_overwrite");
  return s.function();
}

// The parts one after another, each at its place in one output.
loop::Function joined(const MovementShape& s, const hw::Config& c,
                      const std::function<loop::Function(size_t)>& part_of) {
  const int64_t blocks = std::accumulate(s.blocks.begin(), s.blocks.end(), int64_t{0});
  const loop::Buffer y = output(s, blocks, c, "y").buffer(), unit = unit_matrix(c, "unit").buffer();
  loop::Function whole{.name = "movement", .parameters = {y}, .body = {}};
  std::vector<loop::Stmt> bodies;
  int64_t first = 0;
  for (size_t k = 0; k < s.blocks.size(); ++k) {
    const loop::Function one = part_of(k);
    const loop::Buffer own = one.parameters[0];
    const auto at_its_place = [&](const loop::Stmt& statement) {
      const auto* store = loop::as<loop::Store>(statement);
      if (store == nullptr || store->buffer != own) return statement;
      std::vector<Expr> indices = store->indices;
      indices[1] = indices[1] + first;
      return make_store(y, std::move(indices), store->value);
    };
    bodies.push_back(
        replace_buffer(rewrite(one.body, {.stmt = at_its_place}), one.parameters[2], unit));
    whole.parameters.push_back(one.parameters[1]);
    first += s.blocks[k];
  }
  whole.parameters.push_back(unit);
  whole.body = make_seq(std::move(bodies));
  return whole;
}

constexpr double kLatency = 90;     // from a request to the token behind its data
constexpr double kInstruction = 4;  // of a DMA

// In cycles; nothing where the tiles do not fit.
std::optional<double> estimate(const MovementShape& s, const MovementKnobs& k,
                               const hw::Config& c) {
  const int64_t most = std::ranges::max(s.blocks);
  const int64_t tiles_c = ceil_div(most, k.blocks), tiles_h = ceil_div(s.h, k.rows);
  if ((k.split_rows ? tiles_h : tiles_c) < k.threads) return std::nullopt;
  const int64_t in = k.blocks * k.rows * k.columns, out = in * s.repeat_h * s.repeat_w;
  const int64_t copies = elements_in(c) * elements_out(c);
  std::vector<int64_t> loops = {k.blocks, k.rows, k.columns, s.repeat_h, s.repeat_w};
  std::ranges::sort(loops);
  const int64_t uops = loops[0] * loops[1] * loops[2] * copies;
  if (k.threads * in * elements_in(c) > c.depth(Memory::kInp) ||
      k.threads * out * elements_out(c) > c.depth(Memory::kAcc) ||
      k.threads * uops > c.depth(Memory::kUop) || copies > c.depth(Memory::kWgt)) {
    return std::nullopt;
  }
  const double bus = std::min<double>(c.memory_bytes_per_cycle, c.bus_bits / 8.0);
  const auto cycles = [&](int64_t elements, Memory memory) {
    const double each = std::max(1.0, static_cast<double>(c.element_bytes(memory)) / bus);
    return static_cast<double>(elements) * each + kInstruction * static_cast<double>(k.blocks);
  };
  const double load = cycles(in * elements_in(c), Memory::kInp);
  const double store = cycles(out * elements_out(c), Memory::kOut);
  const double gemm = static_cast<double>(out * copies) + kInstruction;
  const double tile =
      k.threads > 1 ? std::max(gemm, load + store) : load + gemm + store + 2 * kLatency;
  const double tiles =
      static_cast<double>(s.batches * tiles_c * tiles_h * ceil_div(s.w, k.columns));
  return tiles * tile + load + store + 2 * kLatency;
}

}  // namespace

loop::Function movement(const MovementShape& shape, const hw::Config& config) {
  return joined(shape, config, [&](size_t k) { return part(shape, k, config); });
}

loop::Function scheduled_movement(const MovementShape& shape, const MovementKnobs& knobs,
                                  const hw::Config& config) {
  return joined(shape, config, [&](size_t k) { return scheduled_part(shape, k, knobs, config); });
}

MovementKnobs default_knobs(const MovementShape& shape, const hw::Config& config) {
  std::optional<MovementKnobs> best;
  double fewest = 0;
  const auto consider = [&](const MovementKnobs& k) {
    const auto cycles = estimate(shape, k, config);
    if (!cycles || (best && *cycles >= fewest)) return;
    best = k;
    fewest = *cycles;
  };
  for (const int64_t blocks : splits(std::ranges::max(shape.blocks))) {
    for (const int64_t rows : splits(shape.h)) {
      for (const int64_t columns : splits(shape.w)) {
        consider({blocks, rows, columns, 1, false});
        consider({blocks, rows, columns, 2, false});
        consider({blocks, rows, columns, 2, true});
      }
    }
  }
  if (!best) throw DoesNotFit("no tile fits the input, accumulator and micro-op buffers");
  return *best;
}

}  // namespace vta::ops::accel
