#include <fmt/format.h>

#include "examples/tutorials/tutorial.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

//| # 1. Vector add
//|
//| An operator is two things: an expression, which says what it computes, and a schedule, a list of
//| rewrites which says how. This page adds two vectors of bytes on the accelerator's vector ALU.
//| It is the program `examples/tutorials/1_vector_add.cc`, and shows what that prints.
//|
//| ## The expression
//|
//| The device works on elements of its accumulator, `batch` rows of `block_out` lanes of 32 bits.
//| So a vector is written as a list of such elements. Bytes are widened, added, clipped back to the
//| range of a byte and narrowed, one tensor for each step.

namespace vta::tutorials {
namespace {

using loop::kInt32;
using loop::kInt8;
using loop::Scope;
using namespace te;

loop::Function vector_add(int64_t elements, const hw::Config& hw) {
  const std::vector<int64_t> shape = {elements, hw.batch, hw.block_out};
  const Tensor a = placeholder(shape, kInt8, "A"), b = placeholder(shape, kInt8, "B");
  const auto each = [&](const char* name, const auto& value) {
    return compute(
        shape, [&](Var i, Var row, Var lane) { return value(i, row, lane); }, name);
  };
  const Tensor x = each("X", [&](auto... at) { return cast(kInt32, a(at...)); });
  const Tensor y = each("Y", [&](auto... at) { return cast(kInt32, b(at...)); });
  const Tensor sum = each("Sum", [&](auto... at) { return x(at...) + y(at...); });
  const Tensor low =
      each("Low", [&](auto... at) { return min(sum(at...), constant(kInt32, 127)); });
  const Tensor clip =
      each("Clip", [&](auto... at) { return max(low(at...), constant(kInt32, -128)); });
  const Tensor c = each("C", [&](auto... at) { return cast(kInt8, clip(at...)); });
  return lower("vector_add", {a, b, c});
}

//| ## The schedule
//|
//| `X` and `Y` become copies of `A` and `B` in the accumulator: the DMA widens bytes as it loads
//| them. The three steps between overwrite `X`, as the ALU does, and each is exactly what one
//| instruction of the library computes on one element (`vta/ops/intrin/intrin.h`); `tensorize`
// proves | that. The vector is cut into runs of `length` elements, and everything is computed run
// by run, in as many virtual | threads as asked for.

loop::Function scheduled(const loop::Function& expression, int64_t length, int64_t threads,
                         const hw::Config& hw) {
  Schedule s(expression, ops::accelerator_intrinsics(hw));
  const auto run = s.split("C_i", {0, threads, length});
  for (const char* block : {"Clip", "Low", "Sum", "Y", "X"}) {
    s.set_scope(block, Scope::kAcc);
    s.compute_at(block, run[1]);
  }
  s.in_place("Sum", "X");
  s.in_place("Low", "X");
  s.in_place("Clip", "X");
  s.tensorize("Sum_j", "vta.add");
  s.tensorize("Low_j", "vta.min_imm");
  s.tensorize("Clip_j", "vta.max_imm");
  s.bind_vthread(run[1]);
  return s.function();
}

void body() {
  //| On the smallest configuration, `tiny`, with elements of 1 x 4, the scheduled function is:
  const hw::Config tiny = hw::load_config("tiny");
  const loop::Function expression = vector_add(32, tiny);
  Schedule shown(scheduled(expression, 16, 1, tiny));
  show(shown.show());
  //=
  //| The accelerator's code generator makes a program of it: copies become LOADs and STOREs, loops
  //| around an intrinsic become the loops of one instruction. It puts in the tokens that order the
  //| units, which nobody writes by hand.
  show(program_text(scheduled(expression, 16, 1, tiny), tiny));
  //=
  //| ## What it costs
  //|
  //| On `default`, 4096 elements of 16 lanes in runs of 128. With two virtual threads the next run
  // is loaded while | this one is computed. The bound is what no program with these operations and
  // bytes can beat.
  const hw::Config hw = hw::load_config("default");
  const loop::Function large = vector_add(4096, hw);
  const Expected expected(large);
  std::string table;
  for (const int64_t threads : {1, 2, 4}) {
    const Cost cost = expected.run(scheduled(large, 128, threads, hw), hw);
    table += fmt::format("{} virtual threads: {}\n", threads, to_string(cost));
  }
  show(table);
  //=
  //| More threads do not help much: bytes that are widened are loaded by the compute unit itself,
  //| between its operations. Only the stores of one run overlap the next. `run` has compared every
  // byte with what the interpreter makes of the expression.
  //|.
}

}  // namespace
}  // namespace vta::tutorials

int main() {
  return vta::tutorials::run_tutorial(vta::tutorials::body);
}
