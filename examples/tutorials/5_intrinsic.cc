#include <fmt/format.h>

#include "examples/tutorials/tutorial.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

//| # 5. A new intrinsic
//|
//| An intrinsic is library code: a name, a function that says what a call means, and something that
//| knows how to do it. This page adds one that clips an accumulator element to -n … n, on top of
// the | two ALU instructions that it takes.
//|
//| ## What it means
//|
//| A function of the loop IR: its parameters are regions of buffers and scalars, `acc` is the scope
//| that the first must have. The interpreter executes it for a call, and `tensorize` proves blocks
// to | compute it; nothing else needs to be said.

namespace vta::tutorials {
namespace {

using loop::kInt32;
using loop::kInt8;
using loop::Scope;
using namespace te;

loop::Function meaning_of_clip(const hw::Config& hw) {
  return loop::parse(
      fmt::format("func my.clip(dst: i32[{0}, {1}] acc; n: i8) {{\n"
                  "  for b in {0} {{ for o in {1} {{\n"
                  "    dst[b, o] = max(min(dst[b, o], i32(n)), 0:i32 - i32(n)) }} }} }}",
                  hw.batch, hw.block_out));
}

//| ## How it is done
//|
//| The accelerator has no such instruction, so that a rewrite takes each call apart before the code
//| generator sees it. (An instruction that the hardware does have gets its name in
//| `vta/codegen/accel/walk.cc` instead.)

loop::Function expanded(loop::Function f) {
  const auto expand = [](const loop::Stmt& s) {
    const auto* call = loop::as<loop::Intrinsic>(s);
    if (call == nullptr || call->name != "my.clip") return s;
    const Expr high = call->scalars[0];
    const loop::Type type = {loop::Type::Kind::kInt, 16};
    const int64_t n = *loop::as_constant(high);
    return loop::make_seq(
        {make_stmt(loop::Intrinsic{"vta.min_imm", call->regions, {constant(type, n)}}),
         make_stmt(loop::Intrinsic{"vta.max_imm", call->regions, {constant(type, -n)}})});
  };
  f.body = rewrite(f.body, {.stmt = expand});
  return f;
}

//| ## An operator that uses it
//|
//| y = clip(x + 60), from bytes to bytes.

loop::Function moved(int64_t elements, const hw::Config& hw) {
  const std::vector<int64_t> shape = {elements, hw.batch, hw.block_out};
  const Tensor x = placeholder(shape, kInt8, "X");
  const auto each = [&](const char* name, const auto& value) {
    return compute(
        shape, [&](Var i, Var row, Var lane) { return value(i, row, lane); }, name);
  };
  const Tensor wide = each("Wide", [&](auto... at) { return cast(kInt32, x(at...)); });
  const Tensor shifted =
      each("Moved", [&](auto... at) { return wide(at...) + constant(kInt32, 60); });
  const Tensor clip = each("Clip", [&](auto... at) {
    return max(min(shifted(at...), constant(kInt32, 100)),
               constant(kInt32, 0) - constant(kInt32, 100));
  });
  const Tensor y = each("Y", [&](auto... at) { return cast(kInt8, clip(at...)); });
  return lower("moved", {x, y});
}

Schedule scheduled(int64_t elements, const hw::Config& hw) {
  loop::Intrinsics intrinsics = ops::accelerator_intrinsics(hw);
  intrinsics["my.clip"] = meaning_of_clip(hw);
  Schedule s(moved(elements, hw), intrinsics);
  const auto run = s.split("Y_i", {0, 2, 64});
  s.bind_vthread(run[1]);
  for (const char* block : {"Clip", "Moved", "Wide"}) {
    s.set_scope(block, Scope::kAcc);
    s.compute_at(block, run[1]);
  }
  s.in_place("Moved", "Wide");
  s.in_place("Clip", "Wide");
  s.tensorize("Moved_j", "vta.add_imm");
  return s;
}

void body() {
  //| Before the clipping is tensorized it is a block of ordinary loops:
  const hw::Config tiny = hw::load_config("tiny");
  Schedule s = scheduled(128, tiny);
  const auto block = [](const std::string& text) {
    const size_t begin = text.find("      for Clip_i"), end = text.find("      for Y_i");
    return text.substr(begin, end - begin);
  };
  show(block(s.show()));
  //=
  //| `tensorize` matches it with the intrinsic's function, and finds that n is 100:
  s.tensorize("Clip_j", "my.clip");
  show(block(s.show()));
  //=
  //| Taken apart, this runs, and every byte is what the expression says:
  const loop::Function f = expanded(s.function());
  show(to_string(Expected(moved(128, tiny)).run(f, tiny)));
  //=
  //| A block that computes something else is refused:
  Schedule other = scheduled(128, tiny);
  try {
    other.tensorize("Clip_j", "vta.min_imm");
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
