#include <fmt/format.h>

#include "examples/tutorials/tutorial.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

//| # 4. An operator of your own, from expression to cycles
//|
//| A leaky ReLU on bytes, with a slope of one eighth: `y = x` where x is positive, `x / 8` rounded
//| down elsewhere. The library has none like it for the accelerator; here is all that it takes.
//|
//| ## Say what it computes
//|
//| First just the mathematics, to have something that is obviously right.

namespace vta::tutorials {
namespace {

using loop::kInt32;
using loop::kInt8;
using loop::Scope;
using namespace te;

loop::Function plain(int64_t elements, const hw::Config& hw) {
  const std::vector<int64_t> shape = {elements, hw.batch, hw.block_out};
  const Tensor x = placeholder(shape, kInt8, "X");
  const Tensor y = compute(
      shape,
      [&](Var i, Var row, Var lane) {
        const Expr value = x(i, row, lane);
        return select(value < constant(kInt8, 0), value >> constant(kInt8, 3), value);
      },
      "Y");
  return lower("leaky_relu", {x, y});
}

//| ## Say it in the accelerator's steps
//|
//| The ALU has no `select`. But x / 8 is above x just where x is negative, so that the maximum of
//| the two is the same; and a maximum and a shift it has. Both copies of `X` are loaded, widened.

loop::Function in_steps(int64_t elements, const hw::Config& hw) {
  const std::vector<int64_t> shape = {elements, hw.batch, hw.block_out};
  const Tensor x = placeholder(shape, kInt8, "X");
  const auto each = [&](const char* name, const auto& value) {
    return compute(
        shape, [&](Var i, Var row, Var lane) { return value(i, row, lane); }, name);
  };
  const Tensor whole = each("Whole", [&](auto... at) { return cast(kInt32, x(at...)); });
  const Tensor eighth = each("Eighth", [&](auto... at) { return cast(kInt32, x(at...)); });
  const Tensor shifted =
      each("Shifted", [&](auto... at) { return eighth(at...) >> constant(kInt32, 3); });
  const Tensor larger =
      each("Larger", [&](auto... at) { return max(whole(at...), shifted(at...)); });
  const Tensor y = each("Y", [&](auto... at) { return cast(kInt8, larger(at...)); });
  return lower("leaky_relu", {x, y});
}

//| ## Say how it runs
//|
//| The knobs are the arguments: how many elements a run has, and how many virtual threads.

loop::Function scheduled(int64_t elements, int64_t length, int64_t threads, const hw::Config& hw) {
  Schedule s(in_steps(elements, hw), ops::accelerator_intrinsics(hw));
  const auto run = s.split("Y_i", {0, threads, length});
  s.bind_vthread(run[1]);
  for (const char* block : {"Larger", "Shifted", "Eighth", "Whole"}) {
    s.set_scope(block, Scope::kAcc);
    s.compute_at(block, run[1]);
  }
  s.in_place("Shifted", "Eighth");
  s.in_place("Larger", "Whole");
  s.tensorize("Shifted_j", "vta.shr_imm");
  s.tensorize("Larger_j", "vta.max");
  return s.function();
}

void body() {
  //| ## Run it
  //|
  //| `Expected::run` proves the program free of races and deadlock, executes it on the cycle-exact
  // model, and | compares every byte with the plain expression: an error would stand here instead.
  const hw::Config hw = hw::load_config("default");
  constexpr int64_t kElements = 8192;
  const Expected expected(plain(kElements, hw));
  std::string table;
  for (const int64_t length : {64, 256, 512}) {
    for (const int64_t threads : {1, 2}) {
      const Cost cost = expected.run(scheduled(kElements, length, threads, hw), hw);
      table +=
          fmt::format("runs of {:3}, {} virtual threads: {}\n", length, threads, to_string(cost));
    }
  }
  show(table);
  //=
  //| ## When a scratchpad is too small
  //|
  //| The code generator refuses with the sizes, buffer by buffer:
  try {
    expected.run(scheduled(kElements, 2048, 1, hw), hw);
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
