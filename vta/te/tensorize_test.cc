// tensorize: what the program looks like after it, that it still computes the same, what further
// rewrites do with it, and what each refusal says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/loop/text.h"
#include "vta/te/schedule.h"
#include "vta/te/te_testing.h"
#include "vta/te/tensor.h"

namespace vta::te {
namespace {

using loop::kInt32;
using loop::kInt8;
using loop::parse;
using loop::Scope;

loop::Intrinsics intrinsics() {
  loop::Intrinsics all;
  for (const std::string text : {
           "func mac(r: i32[4], a: i8[2], b: i8[4, 2]) {\n"
           "  for i in 4 { for k in 2 { r[i] = r[i] + i32(a[k]) * i32(b[i, k]) } } }",
           "func first_mac(r: i32[4], a: i8[2], b: i8[4, 2]) {\n"
           "  for i in 4 { for k in 2 {\n"
           "    block r(vi in 4 = i, vk in 2 reduce = k) {\n"
           "      init { r[vi] = 0:i32 }\n"
           "      r[vi] = r[vi] + i32(a[vk]) * i32(b[vi, vk]) } } } }",
           "func clear(r: i32[4]) { for i in 4 { r[i] = 0:i32 } }",
           "func shift(r: i32[4], a: i32[4]; n: i8) { for i in 4 { r[i] = a[i] >> i32(n) } }",
           "func mac_inp(r: i32[4], a: i8[2] inp, b: i8[4, 2]) {\n"
           "  for i in 4 { for k in 2 { r[i] = r[i] + i32(a[k]) * i32(b[i, k]) } } }",
           "func mac_max(r: i32[4], a: i8[2], b: i8[4, 2]) {\n"
           "  for i in 4 { for k in 2 { r[i] = max(r[i], i32(a[k]) * i32(b[i, k])) } } }",
       }) {
    loop::Function f = parse(text);
    all[f.name] = std::move(f);
  }
  return all;
}

loop::Function matmul() {
  const Tensor a = placeholder({8, 6}, kInt8, "A"), b = placeholder({12, 6}, kInt8, "B");
  const Axis r = reduce_axis(6, "k");
  const Tensor c = compute(
      {8, 12},
      [&](Var i, Var j) { return sum(cast(kInt32, a(i, r)) * cast(kInt32, b(j, r)), {r}); }, "C");
  const Tensor d = compute(
      {8, 12}, [&](Var i, Var j) { return c(i, j) >> constant(kInt32, 2); }, "D");
  return lower("matmul", {a, b, d});
}

// C_j and C_k split to the size of mac.
Schedule tiled() {
  Schedule s(matmul(), intrinsics());
  s.split("C_j", {0, 4});
  s.split("C_k", {0, 2});
  s.reorder({"C_j_0", "C_k_0", "C_j_1", "C_k_1"});
  return s;
}

std::string error_of(Schedule s, const auto& body) {
  const std::string before = s.show();
  try {
    body(s);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

void expect_same_results(const Schedule& s) {
  EXPECT_EQ(results(s.function(), 1, intrinsics()), results(matmul())) << s.show();
}

TEST(Tensorize, ABlockOfTilesCallsTheIntrinsic) {
  Schedule s = tiled();
  s.tensorize("C_j_1", "mac", "clear");
  s.split("D_j", {0, 4});
  s.tensorize("D_j_1", "shift");
  EXPECT_EQ(s.show(), R"(func matmul(A: i8[8, 6], B: i8[12, 6], D: i32[8, 12]) {
  alloc C: i32[8, 12]
  for C_i in 8 {
    for C_j_0 in 3 {
      for C_k_0 in 3 {
        block C(vi in 8 = C_i, vj in 3 = C_j_0, vk in 3 reduce = C_k_0) {
          init {
            call clear(C[vi, vj * 4:4])
          }
          call mac(C[vi, vj * 4:4], A[vi, vk * 2:2], B[vj * 4:4, vk * 2:2])
        }
      }
    }
  }
  for D_i in 8 {
    for D_j_0 in 3 {
      block D(vi_1 in 8 = D_i, vj_1 in 3 = D_j_0) {
        call shift(D[vi_1, vj_1 * 4:4], C[vi_1, vj_1 * 4:4]; 2:i8)
      }
    }
  }
}
)");
  expect_same_results(s);
  Schedule again(matmul(), intrinsics());
  again.replay(s.log());
  EXPECT_EQ(again.show(), s.show());
}

TEST(Tensorize, TheFirstStepMayOverwrite) {
  Schedule s = tiled();
  s.tensorize("C_j_1", "mac", "first_mac");
  EXPECT_THAT(s.show(), testing::HasSubstr(R"(
          if vk == 0 {
            call first_mac(C[vi, vj * 4:4], A[vi, vk * 2:2], B[vj * 4:4, vk * 2:2])
          }
          if 0 < vk {
            call mac(C[vi, vj * 4:4], A[vi, vk * 2:2], B[vj * 4:4, vk * 2:2])
          }
)"));
  s.reorder({"C_k_0", "C_i"});
  expect_same_results(s);
}

TEST(Tensorize, AWholeSumIsOneCall) {
  const Tensor a = placeholder({3, 2}, kInt8, "A"), b = placeholder({4, 2}, kInt8, "B");
  const Axis r = reduce_axis(2, "k");
  const Tensor c = compute(
      {3, 4}, [&](Var i, Var j) { return sum(cast(kInt32, b(j, r)) * cast(kInt32, a(i, r)), {r}); },
      "C");
  const loop::Function f = lower("f", {a, b, c});
  Schedule s(f, intrinsics());
  s.tensorize("C_j", "first_mac");
  EXPECT_EQ(s.show(), R"(func f(A: i8[3, 2], B: i8[4, 2], C: i32[3, 4]) {
  for C_i in 3 {
    block C(vi in 3 = C_i, vj in 1 = 0, vk in 1 reduce = 0) {
      call first_mac(C[vi, vj * 4:4], A[vi, vk * 2:2], B[vj * 4:4, vk * 2:2])
    }
  }
}
)");
  EXPECT_EQ(results(s.function(), 1, intrinsics()), results(f));
}

TEST(Tensorize, FurtherRewritesMoveTheTiles) {
  Schedule s = tiled();
  s.tensorize("C_j_1", "mac");
  const std::string init = s.decompose_reduction("C", "C_k_0");
  s.tensorize(init, "clear");
  s.reverse_compute_at("D", "C_j_0");
  const std::string fused = s.fuse("C_i", "C_j_0");
  s.parallel(fused);
  EXPECT_EQ(s.show(), R"(func matmul(A: i8[8, 6], B: i8[12, 6], D: i32[8, 12]) {
  for C_i_C_j_0 in 24 parallel {
    alloc C: i32[8, 12]
    block C_init(vi in 8 = C_i_C_j_0 // 3, vj in 3 = C_i_C_j_0 % 3) {
      call clear(C[vi, vj * 4:4])
    }
    for C_k_0 in 3 {
      block C(vi_1 in 8 = C_i_C_j_0 // 3, vj_1 in 3 = C_i_C_j_0 % 3, vk in 3 reduce = C_k_0) {
        call mac(C[vi_1, vj_1 * 4:4], A[vi_1, vk * 2:2], B[vj_1 * 4:4, vk * 2:2])
      }
    }
    for D_i in 1 {
      for D_j in 4 {
        block D(vi_2 in 8 = C_i_C_j_0 // 3 + D_i, vj_2 in 12 = C_i_C_j_0 % 3 * 4 + D_j) {
          D[vi_2, vj_2] = C[vi_2, vj_2] >> 2:i32
        }
      }
    }
  }
}
)");
  expect_same_results(s);
}

TEST(Tensorize, ATileIsComputedWhereItIsUsed) {
  Schedule s = tiled();
  s.tensorize("C_j_1", "mac", "clear");
  s.split("D_j", {0, 6});  // from 6 on: half of a tile
  s.compute_at("C", "D_j_0");
  EXPECT_THAT(s.show(), testing::HasSubstr("for C_j in 3 {"));
  s.decompose_reduction("C", "C_k");
  EXPECT_THAT(s.show(), testing::HasSubstr("call clear("));
  expect_same_results(s);
}

TEST(Tensorize, RefusalsSayWhatDiffers) {
  const auto refused = [](const std::string& loop, const std::string& intrinsic,
                          const std::string& init = "") {
    return error_of(tiled(), [&](Schedule& s) { s.tensorize(loop, intrinsic, init); });
  };
  EXPECT_EQ(refused("C_j_1", "mul"),
            "there is no intrinsic 'mul', only clear, first_mac, mac, mac_inp, mac_max, shift");
  EXPECT_EQ(refused("C_k_1", "mac"),
            "tensorize C_k_1 mac: what the tile touches of C is no [4], as operand r of mac is");
  EXPECT_EQ(refused("C_k_0", "mac"),
            "tensorize C_k_0 mac: k takes 6 values in the tile, k of mac takes 2");
  EXPECT_EQ(refused("C_j_1", "first_mac"),
            "tensorize C_j_1 first_mac: first_mac starts anew what block C continues in several "
            "steps");
  EXPECT_EQ(refused("C_j_1", "mac_inp"),
            "tensorize C_j_1 mac_inp: A is in global, operand a of mac_inp in inp");
  EXPECT_EQ(refused("C_j_1", "mac_max"),
            "tensorize C_j_1 mac_max: C[vi, vj * 4 + j] + i32(A[vi, vk * 2 + k]) * i32(B[vj * 4 + "
            "j, vk * 2 + k]) stands where mac_max has max(r[i], i32(a[k]) * i32(b[i, k]))");
  EXPECT_EQ(refused("C_j_1", "mac", "mac"),
            "tensorize C_j_1 mac: 0:i32 stands where mac has r[i] + i32(a[k]) * i32(b[i, k])");
  EXPECT_EQ(refused("D_j", "shift"),
            "tensorize D_j shift: j takes 12 values in the tile, i of shift takes 4");
  EXPECT_EQ(refused("D_i", "shift"),
            "tensorize D_i shift: i takes 8 values in the tile, i of shift takes 4");
}

TEST(Tensorize, RefusesTilesThatAreNotWhole) {
  const auto refused = [](std::vector<std::string> lines, const std::string& loop) {
    Schedule s(matmul(), intrinsics());
    s.replay(lines);
    return error_of(std::move(s), [&](Schedule& t) { t.tensorize(loop, "shift"); });
  };
  EXPECT_EQ(refused({"split D_j 0 5"}, "D_j_1"),
            "tensorize D_j_1 shift: vj has 12 values, no multiple of the tile's 5: pad_einsum");
  EXPECT_EQ(refused({"split D_j 0 3", "reorder D_j_1 D_j_0"}, "D_j_0"),
            "tensorize D_j_0 shift: loop D_j_0 moves vj by 3, must be by 1");
  EXPECT_EQ(refused({"fuse D_i D_j", "split D_i_D_j 0 4"}, "D_i_D_j_1"), "no error");
  EXPECT_EQ(refused({"fuse D_i D_j", "split D_i_D_j 0 8"}, "D_i_D_j_1"),
            "tensorize D_i_D_j_1 shift: vi is (D_i_D_j_0 * 8 + D_i_D_j_1) // 12, which is not "
            "affine in the tile's loops");
  EXPECT_EQ(refused({"split C_j 0 4", "reorder C_j_0 C_i C_k C_j_1", "reverse_compute_at D C_j_0"},
                    "C_j_0"),
            "tensorize C_j_0 shift: loop C_j_0 holds more than one block and its loops");
}

TEST(Tensorize, WhatIsAnOperandStaysWhatItIs) {
  Schedule s = tiled();
  s.tensorize("C_j_1", "mac", "clear");
  EXPECT_EQ(error_of(s, [](Schedule& t) { t.set_scope("C", Scope::kAcc); }),
            "set_scope: C is an operand of an intrinsic");
  EXPECT_EQ(error_of(s, [](Schedule& t) { t.cache_read("C", "A", Scope::kInp); }),
            "cache_read: A is an operand of the intrinsic in block C, cache before tensorize");
  EXPECT_EQ(error_of(s, [](Schedule& t) { t.tensorize("C_k_0", "mac"); }),
            "tensorize C_k_0 mac: it is not one store in loops");
}

}  // namespace
}  // namespace vta::te
