#include <fmt/format.h>

#include "examples/tutorials/tutorial.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

//| # 3. A blocked convolution with virtual threads
//|
//| Loading and computing take turns unless two tiles are under way at once. A virtual thread is a
//| loop whose iterations are such tiles: each has its own part of the scratchpads, and their tasks
//| are interleaved in one program. This page takes a 3 x 3 convolution through the same tiles with
//| one thread and with several.
//|
//| ## The expression
//|
//| Channels are blocked, as the device keeps them: `[block][height][width][batch][lanes]`. The
// input | is padded by a stage of its own, which the DMA will do as it loads.

namespace vta::tutorials {
namespace {

using loop::kInt32;
using loop::kInt8;
using loop::Scope;
using namespace te;

struct Layer {
  int64_t in_blocks, out_blocks, size;  // of a square picture
};

loop::Function convolution(const Layer& layer, const hw::Config& hw) {
  const int64_t n = layer.size;
  const Tensor x = placeholder({layer.in_blocks, n, n, hw.batch, hw.block_in}, kInt8, "X");
  const Tensor w =
      placeholder({layer.out_blocks, layer.in_blocks, 3, 3, hw.block_out, hw.block_in}, kInt8, "W");
  const Tensor padded = compute(
      {layer.in_blocks, n + 2, n + 2, hw.batch, hw.block_in},
      [&](Var c, Var row, Var column, Var b, Var lane) {
        const Expr y = row - 1, v = column - 1;
        const Expr inside = 0 <= y && y < n && 0 <= v && v < n;
        return select(inside, x(c, y, v, b, lane), constant(kInt8, 0));
      },
      "Pad");
  const std::vector<int64_t> shape = {layer.out_blocks, n, n, hw.batch, hw.block_out};
  const Axis c = reduce_axis(layer.in_blocks, "c"), p = reduce_axis(3, "p"),
             q = reduce_axis(3, "q"), lane = reduce_axis(hw.block_in, "e");
  const Tensor sum = compute(
      shape,
      [&](Var o, Var row, Var column, Var b, Var out) {
        return te::sum(cast(kInt32, padded(c, row + p, column + q, b, lane)) *
                           cast(kInt32, w(o, c, p, q, out, lane)),
                       {c, p, q, lane});
      },
      "Sum");
  const auto each = [&](const char* name, const auto& value) {
    return compute(
        shape,
        [&](Var o, Var row, Var column, Var b, Var out) { return value(o, row, column, b, out); },
        name);
  };
  const Tensor scaled =
      each("Scaled", [&](auto... at) { return sum(at...) >> constant(kInt32, 10); });
  const Tensor low =
      each("Low", [&](auto... at) { return min(scaled(at...), constant(kInt32, 127)); });
  const Tensor clip =
      each("Clip", [&](auto... at) { return max(low(at...), constant(kInt32, 0)); });
  const Tensor y = each("Y", [&](auto... at) { return cast(kInt8, clip(at...)); });
  return lower("convolution", {x, w, y});
}

//| ## The schedule
//|
//| A tile is `rows` rows of all output blocks; its inputs come block by block, with the weights
// that | go with them. The threads take neighbouring tiles.

loop::Function scheduled(const loop::Function& expression, int64_t rows, int64_t threads,
                         const hw::Config& hw) {
  Schedule s(expression, ops::accelerator_intrinsics(hw));
  const std::string w = s.cache_read("Sum", "W", Scope::kWgt);
  const auto tile = s.split("Y_j", {0, threads, rows});
  s.reorder({tile[0], tile[1], "Y_i", tile[2]});
  s.bind_vthread(tile[1]);
  for (const char* block : {"Clip", "Low", "Scaled", "Sum"}) {
    s.set_scope(block, Scope::kAcc);
    s.compute_at(block, tile[1]);
  }

  s.reorder({"Sum_c", "Sum_i", "Sum_j", "Sum_k", "Sum_p", "Sum_q", "Sum_l", "Sum_m", "Sum_e"});
  s.set_scope("Pad", Scope::kInp);
  s.compute_at("Pad", "Sum_c");
  s.compute_at(w, "Sum_c");

  for (const char* block : {"Scaled", "Low", "Clip"}) s.in_place(block, "Sum");
  s.tensorize("Sum_l", "vta.gemm", "vta.gemm_overwrite");
  s.tensorize("Scaled_l", "vta.shr_imm");
  s.tensorize("Low_l", "vta.min_imm");
  s.tensorize("Clip_l", "vta.max_imm");
  return s.function();
}

void body() {
  //| The function with two threads and tiles of 7 rows:
  const hw::Config hw = hw::load_config("default");
  const loop::Function layer = convolution({.in_blocks = 4, .out_blocks = 2, .size = 28}, hw);
  show(Schedule(scheduled(layer, 7, 2, hw)).show());
  //=
  //| ## What it costs
  //|
  //| 64 to 32 channels of 28 x 28 on `default`. The bound is 28 x 28 x 4 x 2 x 9 products of
  //| elements, one a cycle.
  const Expected expected(layer);
  std::string table;
  for (const auto& [rows, threads] : std::vector<std::pair<int64_t, int64_t>>{
           {28, 1}, {14, 1}, {14, 2}, {7, 1}, {7, 2}, {7, 4}}) {
    table += fmt::format("{:2} rows, {} virtual threads: {}\n", rows, threads,
                         to_string(expected.run(scheduled(layer, rows, threads, hw), hw)));
  }
  show(table);
  //=
  //| One thread waits for its loads before it computes. Two threads load the next tile meanwhile,
  //| though each has only half the scratchpads: two tiles of 14 rows beat one of 28. A third and a
  //| fourth find nothing more to hide. What is left are the first loads, the last store, and the
  //| shift and clip, which take the compute unit's time.
  //|.
}

}  // namespace
}  // namespace vta::tutorials

int main() {
  return vta::tutorials::run_tutorial(vta::tutorials::body);
}
