#include <fmt/format.h>

#include "examples/tutorials/tutorial.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

//| # 2. Matrix multiply with tensorize
//|
//| The accelerator multiplies one element of inputs, `batch x block_in`, with one tile of weights,
//| `block_out x block_in`, in a cycle, and adds to one element of accumulators. A matrix product of
//| any size is that, many times. This page brings it into this form and has `tensorize` prove it.
//|
//| ## The expression
//|
//| `A` has M rows of K numbers, `B` N rows of K, both cut into elements as the scratchpads hold
//| them. The product is shifted right and clipped to a byte.

namespace vta::tutorials {
namespace {

using loop::kInt32;
using loop::kInt8;
using loop::Scope;
using namespace te;

loop::Function matrix_multiply(int64_t m, int64_t n, int64_t k, const hw::Config& hw) {
  const int64_t ko = k / hw.block_in, no = n / hw.block_out;
  const Tensor a = placeholder({m, ko, hw.batch, hw.block_in}, kInt8, "A");
  const Tensor b = placeholder({no, ko, hw.block_out, hw.block_in}, kInt8, "B");
  const std::vector<int64_t> shape = {m, no, hw.batch, hw.block_out};
  const Axis r = reduce_axis(ko, "r"), lane = reduce_axis(hw.block_in, "e");
  const Tensor sum = compute(
      shape,
      [&](Var i, Var o, Var row, Var column) {
        return te::sum(cast(kInt32, a(i, r, row, lane)) * cast(kInt32, b(o, r, column, lane)),
                       {r, lane});
      },
      "Sum");
  const auto each = [&](const char* name, const auto& value) {
    return compute(
        shape, [&](Var i, Var o, Var row, Var column) { return value(i, o, row, column); }, name);
  };
  const Tensor scaled =
      each("Scaled", [&](auto... at) { return sum(at...) >> constant(kInt32, 8); });
  const Tensor low =
      each("Low", [&](auto... at) { return min(scaled(at...), constant(kInt32, 127)); });
  const Tensor clip =
      each("Clip", [&](auto... at) { return max(low(at...), constant(kInt32, -128)); });
  const Tensor c = each("C", [&](auto... at) { return cast(kInt8, clip(at...)); });
  return lower("matrix_multiply", {a, b, c});
}

//| ## The schedule
//|
//| A tile of the result, `rows` by `columns` elements, is summed over K in steps; a step loads what
//| it needs of `A` and `B` into the scratchpads. The loop over the steps is outside, that over the
//| lanes of an element innermost: there stands what `vta.gemm` computes, and in the first step
//| `vta.gemm_overwrite`, which starts from zero.

struct Tile {
  int64_t rows, columns, depth;  // elements
  int64_t threads;
};

loop::Function scheduled(const loop::Function& expression, const Tile& tile, const hw::Config& hw) {
  Schedule s(expression, ops::accelerator_intrinsics(hw));
  const std::string a = s.cache_read("Sum", "A", Scope::kInp);
  const std::string b = s.cache_read("Sum", "B", Scope::kWgt);
  const auto i = s.split("C_i", {0, tile.rows});
  const auto o = s.split("C_j", {0, tile.threads, tile.columns});
  s.reorder({i[0], o[0], o[1], i[1], o[2]});
  s.bind_vthread(o[1]);
  for (const char* block : {"Clip", "Low", "Scaled", "Sum"}) {
    s.set_scope(block, Scope::kAcc);
    s.compute_at(block, o[1]);
  }

  const auto step = s.split("Sum_r", {0, tile.depth});
  s.reorder({step[0], "Sum_i", "Sum_j", step[1], "Sum_k", "Sum_l", "Sum_e"});
  s.compute_at(a, step[0]);
  s.compute_at(b, step[0]);

  for (const char* block : {"Scaled", "Low", "Clip"}) s.in_place(block, "Sum");
  s.tensorize("Sum_k", "vta.gemm", "vta.gemm_overwrite");
  s.tensorize("Scaled_k", "vta.shr_imm");
  s.tensorize("Low_k", "vta.min_imm");
  s.tensorize("Clip_k", "vta.max_imm");
  return s.function();
}

void body() {
  //| On `tiny`, whose elements are 1 x 4 and tiles 4 x 4, a product of 8 x 8 x 16 becomes:
  const hw::Config tiny = hw::load_config("tiny");
  const loop::Function small = matrix_multiply(8, 8, 16, tiny);
  show(
      Schedule(scheduled(small, {.rows = 8, .columns = 1, .depth = 2, .threads = 2}, tiny)).show());
  //=
  //| ## What it costs
  //|
  //| 128 x 256 x 256 on `default`, with the same tiles in one and in two virtual threads. The bound
  //| is one product of two elements a cycle.
  const hw::Config hw = hw::load_config("default");
  const loop::Function large = matrix_multiply(128, 256, 256, hw);
  const Expected expected(large);
  std::string table;
  for (const int64_t threads : {1, 2}) {
    const Tile tile{.rows = 64, .columns = 4, .depth = 4, .threads = threads};
    table += fmt::format("{} virtual threads: {}\n", threads,
                         to_string(expected.run(scheduled(large, tile, hw), hw)));
  }
  show(table);
  //=
  //| ## When it does not match
  //|
  //| `tensorize` takes nothing on trust. Where the loops are not those of the intrinsic, or the
  //| block computes something else, it says so, and the function stays as it was.
  Schedule s(matrix_multiply(8, 8, 16, tiny), ops::accelerator_intrinsics(tiny));
  try {
    s.tensorize("Sum_k", "vta.gemm", "vta.gemm_overwrite");
  } catch (const Error& error) {
    show(error.what());
  }
  //=
  //|.
}

}  // namespace
}  // namespace vta::tutorials

int main() {
  return vta::tutorials::run_tutorial(vta::tutorials::body);
}
