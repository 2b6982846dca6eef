// Small programs as they come out, instruction for instruction, and what the generator refuses.
#include "vta/codegen/accel/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/golden.h"
#include "vta/base/error.h"
#include "vta/codegen/accel/accel_testing.h"
#include "vta/isa/assembly.h"
#include "vta/loop/text.h"

namespace vta::codegen::accel {
namespace {

const hw::Config& tiny() {
  static const hw::Config kConfig = hw::load_config("tiny");
  return kConfig;
}

// A 3x3 convolution, padded, in two virtual threads over rows; weights and records stay.
constexpr std::string_view kConvolution = R"(
func conv(X: i8[2, 6, 6, 1, 4], W: i8[2, 2, 3, 3, 4, 4], R: i32[2, 3, 1, 4], Y: i8[2, 6, 6, 1, 4]) {
  alloc w: i8[2, 2, 3, 3, 4, 4] wgt
  copy w[0:2, 0:2, 0:3, 0:3, 0:4, 0:4] = W[0:2, 0:2, 0:3, 0:3, 0:4, 0:4]
  alloc r: i32[2, 3, 1, 4] acc
  copy r[0:2, 0:3, 0:1, 0:4] = R[0:2, 0:3, 0:1, 0:4]
  for t in 2 vthread {
    alloc x: i8[2, 5, 8, 1, 4] inp
    copy x[0:2, 0:5, 0:8, 0:1, 0:4] = X[0:2, t * 3 - 1:5, -1:8, 0:1, 0:4]
    alloc s: i32[2, 3, 6, 1, 4] acc
    for o in 2 { for y in 3 { for v in 6 { for i in 2 { for p in 3 { for q in 3 {
      if i == 0 & p == 0 & q == 0 { call vta.reset(s[o, y, v, 0:1, 0:4]) }
      call vta.gemm(s[o, y, v, 0:1, 0:4], x[i, y + p, v + q, 0:1, 0:4], w[o, i, p, q, 0:4, 0:4])
    } } } } } }
    for o in 2 { for y in 3 { for v in 6 {
      call vta.rqt(s[o, y, v, 0:1, 0:4], r[o, 0:3, 0:1, 0:4])
    } } }
    copy Y[0:2, t * 3:3, 0:6, 0:1, 0:4] = s[0:2, 0:3, 0:6, 0:1, 0:4]
  }
})";

TEST(Generate, AConvolutionInTwoThreadsBecomesTheseInstructions) {
  const loop::Function f = loop::parse(kConvolution);
  expect_golden("vta/codegen/accel/golden/conv.vasm",
                isa::disassemble(placed(generate(f, tiny()), f, tiny())));
  const Contents contents = draw_contents(f, 1);
  EXPECT_EQ(executed(f, tiny(), "fsim", contents), interpreted(f, tiny(), contents));
}

TEST(Generate, MoreLoadsThanATokenQueueHoldsShareTokens) {
  hw::Config config = tiny();
  config.token_queue_depth = 16;
  const loop::Function f = loop::parse(R"(
func f(X: i8[60, 1, 4], W: i8[4, 4], Y: i8[60, 1, 4]) {
  alloc w: i8[4, 4] wgt
  copy w[0:4, 0:4] = W[0:4, 0:4]
  alloc x: i8[60, 1, 4] inp
  for i in 60 { copy x[59 - i, 0:1, 0:4] = X[59 - i, 0:1, 0:4] }
  alloc s: i32[60, 1, 4] acc
  for i in 60 {
    call vta.gemm_overwrite(s[59 - i, 0:1, 0:4], x[59 - i, 0:1, 0:4], w[0:4, 0:4])
    copy Y[59 - i, 0:1, 0:4] = s[59 - i, 0:1, 0:4]
  }
})");
  const Contents contents = draw_contents(f, 1);
  EXPECT_EQ(executed(f, config, "fsim", contents), interpreted(f, config, contents));
}

TEST(Generate, AStepThatNeverRestartsIsOneInstruction) {
  const loop::Function f = loop::parse(R"(
func f(X: i8[8, 1, 4], W: i8[8, 4, 4], Y: i8[1, 1, 4]) {
  alloc s: i32[1, 1, 4] acc
  for c in 2 {
    alloc x: i8[4, 1, 4] inp
    copy x[0:4, 0:1, 0:4] = X[c * 4:4, 0:1, 0:4]
    alloc w: i8[4, 4, 4] wgt
    copy w[0:4, 0:4, 0:4] = W[c * 4:4, 0:4, 0:4]
    for k in 4 {
      if c * 4 + k == 0 {
        call vta.gemm_overwrite(s[0, 0:1, 0:4], x[k, 0:1, 0:4], w[k, 0:4, 0:4])
      }
      if 0 < c * 4 + k { call vta.gemm(s[0, 0:1, 0:4], x[k, 0:1, 0:4], w[k, 0:4, 0:4]) }
    }
  }
  copy Y[0:1, 0:1, 0:4] = s[0:1, 0:1, 0:4]
})");
  const auto instructions = generate(f, tiny()).instructions;
  EXPECT_EQ(std::ranges::count(instructions, isa::Opcode::kGemm, &isa::Instruction::opcode), 3);
  const Contents contents = draw_contents(f, 1);
  EXPECT_EQ(executed(f, tiny(), "fsim", contents), interpreted(f, tiny(), contents));
}

TEST(Generate, ARequantisationReadsEachRecordOnce) {
  const loop::Function f = loop::parse(R"(
func f(S: i32[2, 3, 6, 1, 4], R: i32[2, 3, 1, 4], Y: i8[2, 3, 6, 1, 4]) {
  alloc s: i32[2, 3, 6, 1, 4] acc
  copy s[0:2, 0:3, 0:6, 0:1, 0:4] = S[0:2, 0:3, 0:6, 0:1, 0:4]
  alloc r: i32[2, 3, 1, 4] acc
  copy r[0:2, 0:3, 0:1, 0:4] = R[0:2, 0:3, 0:1, 0:4]
  for y in 3 { for v in 5 { for o in 2 {
    call vta.rqt(s[o, y, v, 0:1, 0:4], r[o, 0:3, 0:1, 0:4])
  } } }
  copy Y[0:2, 0:3, 0:6, 0:1, 0:4] = s[0:2, 0:3, 0:6, 0:1, 0:4]
})");
  const auto instructions = generate(f, tiny()).instructions;
  std::vector<std::pair<uint32_t, uint32_t>> loops;  // the outer one and its step between records
  for (const isa::Instruction& i : instructions) {
    if (i.opcode == isa::Opcode::kAlu) loops.emplace_back(i.iter_out, i.src_factor_out);
  }
  EXPECT_THAT(loops, testing::ElementsAre(std::pair(2U, 3U)));
  const Contents contents = draw_contents(f, 1);
  EXPECT_EQ(executed(f, tiny(), "fsim", contents), interpreted(f, tiny(), contents));
}

// Behind the second load it would overwrite what that brought.
TEST(Generate, ALoadThatNothingReadsIsLeftOut) {
  const loop::Function f = loop::parse(R"(
func f(X: i8[4, 1, 4], W: i8[4, 4], Y: i8[4, 1, 4]) {
  alloc w: i8[4, 4] wgt
  copy w[0:4, 0:4] = W[0:4, 0:4]
  scope {
    alloc a: i8[4, 1, 4] inp
    copy a[0:4, 0:1, 0:4] = X[0:4, 0:1, 0:4]
  }
  scope {
    alloc b: i8[4, 1, 4] inp
    copy b[0:4, 0:1, 0:4] = X[0:4, 0:1, 0:4]
    alloc s: i32[4, 1, 4] acc
    for i in 4 { call vta.gemm_overwrite(s[i, 0:1, 0:4], b[3 - i, 0:1, 0:4], w[0:4, 0:4]) }
    copy Y[0:4, 0:1, 0:4] = s[0:4, 0:1, 0:4]
  }
})");
  const auto instructions = generate(f, tiny()).instructions;
  const auto loads_inp = [](const isa::Instruction& i) {
    return i.opcode == isa::Opcode::kLoad && i.memory == isa::MemoryType::kInp;
  };
  EXPECT_EQ(std::ranges::count_if(instructions, loads_inp), 1);
  const Contents contents = draw_contents(f, 1);
  EXPECT_EQ(executed(f, tiny(), "fsim", contents), interpreted(f, tiny(), contents));
}

std::string error_of(std::string_view text) {
  try {
    generate(loop::parse(text), tiny());
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Generate, AScratchpadThatOverflowsIsListedByBuffer) {
  EXPECT_EQ(error_of("func f(A: i8[300, 1, 4]) { alloc a: i8[200, 1, 4] inp alloc b: i8[100, 1, 4] "
                     "inp copy a[0:200, 0:1, 0:4] = A[0:200, 0:1, 0:4] "
                     "copy b[0:100, 0:1, 0:4] = A[0:100, 0:1, 0:4] }"),
            "the inp scratchpad holds 256 elements, the buffers need 300: a 200, b 100");
  EXPECT_EQ(error_of("func f(A: i8[300, 1, 4]) { for t in 3 vthread { alloc a: i8[100, 1, 4] inp "
                     "copy a[0:100, 0:1, 0:4] = A[t * 100:100, 0:1, 0:4] } }"),
            "the inp scratchpad holds 256 elements, the buffers need 300: a 100, those of the "
            "threads before 200");
}

TEST(Generate, WhatIsNoElementIsRefused) {
  EXPECT_EQ(
      error_of("func f(A: i8[8, 4]) { alloc a: i8[8, 8] inp copy a[0:8, 0:4] = A[0:8, 0:4] }"),
      "a: i8[8, 4] in inp, the type and the last dimensions must be i8[1, 4], one element");
  EXPECT_EQ(
      error_of("func f(A: i8[8, 1, 4]) { alloc a: i8[8, 1, 4] inp "
               "copy a[0:8, 0:1, 0:2] = A[0:8, 0:1, 0:2] }"),
      "a: i8[8, 1, 2] in inp, the type and the last dimensions must be i8[1, 4], one element");
  EXPECT_EQ(error_of("func f(A: i32[8, 1, 4]) { alloc a: i32[8, 1, 4] acc "
                     "copy A[0:8, 0:1, 0:4] = a[0:8, 0:1, 0:4] }"),
            "copy between A and a: the DMA does not move i32 from i32");
  EXPECT_EQ(error_of("func f(A: i8[8]) { A[0] = 1:i8 }"),
            "a store to A is no intrinsic and no copy between DRAM and a scratchpad");
  EXPECT_EQ(error_of("func f() { alloc a: i32[8, 1, 4] acc call vta.sqrt(a[0, 0:1, 0:4]) }"),
            "the accelerator has no intrinsic 'vta.sqrt'");
  EXPECT_EQ(error_of("func f() { alloc a: i32[8, 1, 4] acc call vta.gemm(a[0, 0:1, 0:4]) }"),
            "vta.gemm: 1 regions and 0 scalars, must be 3 and 0");
  EXPECT_EQ(error_of("func f() { alloc a: i32[8, 1, 4] acc call vta.reset(a[0:2, 0:1, 0:4]) }"),
            "vta.reset: the region of a has 2 elements, must be 1");
}

}  // namespace
}  // namespace vta::codegen::accel
