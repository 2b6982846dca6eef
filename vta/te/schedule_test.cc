// The rewrites one by one: what a schedule prints, that it replays, and what each refuses and why.
#include "vta/te/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/loop/text.h"
#include "vta/te/te_testing.h"
#include "vta/te/tensor.h"

namespace vta::te {
namespace {

using loop::kInt32;
using loop::kInt8;
using loop::Scope;

loop::Function matmul() {
  const Tensor a = placeholder({8, 6}, kInt8, "A"), b = placeholder({10, 6}, kInt8, "B");
  const Axis r = reduce_axis(6, "k");
  const Tensor c = compute(
      {8, 10},
      [&](Var i, Var j) { return sum(cast(kInt32, a(i, r)) * cast(kInt32, b(j, r)), {r}); }, "C");
  const Tensor d = compute(
      {8, 10}, [&](Var i, Var j) { return c(i, j) >> constant(kInt32, 2); }, "D");
  return lower("matmul", {a, b, d});
}

std::string error_of(const auto& body) {
  Schedule s(matmul());
  const std::string before = s.show();
  try {
    body(s);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Schedule, ATiledAndCachedMatrixProductReadsLikeThis) {
  Schedule s(matmul());
  const auto before = results(s.function());
  const auto tile = s.tile("D_i", "D_j", 4, 4);
  s.compute_at("C", tile[1]);
  const std::string a = s.cache_read("C", "A", Scope::kInp);
  s.compute_at(a, tile[1]);
  s.decompose_reduction("C", "C_k");
  EXPECT_EQ(s.show(), R"(func matmul(A: i8[8, 6], B: i8[10, 6], D: i32[8, 10]) {
  for D_i_0 in 2 {
    for D_j_0 in 3 {
      alloc A_inp: i8[8, 6] inp
      for A_inp_0 in 4 {
        for A_inp_1 in 6 {
          block A_inp(v0 in 8 = D_i_0 * 4 + A_inp_0, v1 in 6 = A_inp_1) {
            A_inp[v0, v1] = A[v0, v1]
          }
        }
      }
      alloc C: i32[8, 10]
      for C_i in 4 {
        for C_j in 4 {
          block C_init(vi in 8 = D_i_0 * 4 + C_i, vj in 10 = D_j_0 * 4 + C_j) where D_j_0 * 4 + C_j < 10 {
            C[vi, vj] = 0:i32
          }
          for C_k in 6 {
            block C(vi_1 in 8 = D_i_0 * 4 + C_i, vj_1 in 10 = D_j_0 * 4 + C_j, vk in 6 reduce = C_k) where D_j_0 * 4 + C_j < 10 {
              C[vi_1, vj_1] = C[vi_1, vj_1] + i32(A_inp[vi_1, vk]) * i32(B[vj_1, vk])
            }
          }
        }
      }
      for D_i_1 in 4 {
        for D_j_1 in 4 {
          block D(vi_2 in 8 = D_i_0 * 4 + D_i_1, vj_2 in 10 = D_j_0 * 4 + D_j_1) where D_j_0 * 4 + D_j_1 < 10 {
            D[vi_2, vj_2] = C[vi_2, vj_2] >> 2:i32
          }
        }
      }
    }
  }
}
)");
  EXPECT_EQ(results(s.function()), before);
}

TEST(Schedule, ReplaysFromItsLog) {
  Schedule s(matmul());
  s.split("C_j", {0, 4});
  s.reorder({"C_j_0", "C_i"});
  s.reverse_compute_at("D", "C_j_0");
  s.bind_vthread("C_j_0");
  s.annotate("C", "tensorize", "gemm");
  Schedule again(matmul());
  again.replay(s.log());
  EXPECT_EQ(again.show(), s.show());
  EXPECT_THAT(s.show(), testing::HasSubstr("for C_j_0 in 3 vthread {"));
}

TEST(Schedule, ReplayNamesTheLineThatFails) {
  EXPECT_EQ(
      error_of([](Schedule& s) {
        s.replay({"split C_i 0 2", "split C_i 0 2"});
      }),
      "line 2, 'split C_i 0 2': there is no loop 'C_i' in matmul, only C_i_0, C_i_1, C_j, C_k, "
      "D_i, D_j");
  EXPECT_THAT(error_of([](Schedule& s) { s.apply("sort C_i"); }),
              testing::StartsWith("there is no rewrite 'sort', only split, fuse, reorder"));
  EXPECT_EQ(error_of([](Schedule& s) { s.apply("fuse C_i"); }), "fuse takes 2 to 2 words, got 1");
  EXPECT_EQ(error_of([](Schedule& s) { s.apply("split C_i x 2"); }), "'x' is not a number");
}

TEST(Schedule, SplitRefusesFactorsThatDoNotCover) {
  EXPECT_EQ(error_of([](Schedule& s) {
              s.split("C_i", {2, 2});
            }),
            "split C_i: the factors' product is 4, must be at least 8");
  EXPECT_EQ(error_of([](Schedule& s) {
              s.split("C_i", {0, 0});
            }),
            "split C_i: two factors are 0, at most one can be what is left");
}

TEST(Schedule, FuseAndReorderWantOneChain) {
  EXPECT_EQ(error_of([](Schedule& s) { s.fuse("C_i", "C_k"); }),
            "fuse: loop C_k is not directly inside C_i, alone");
  EXPECT_EQ(error_of([](Schedule& s) {
              s.reorder({"C_i", "D_i"});
            }),
            "reorder: loop D_i is not in one chain with C_i: something else is between");
  EXPECT_EQ(error_of([](Schedule& s) {
              const std::string both = s.fuse("C_j", "C_k");
              s.reorder({both, "C_i"});
            }),
            "reorder: loop C_j_C_k is both spatial and a reduction in block C");
}

// Else a parallel loop might take in a reduction.
TEST(Schedule, FuseWantsLoopsOfOneKind) {
  EXPECT_EQ(error_of([](Schedule& s) {
              s.parallel("C_j");
              s.fuse("C_j", "C_k");
            }),
            "fuse: C_j is parallel, C_k is serial, must be of one kind");
}

TEST(Schedule, ParallelRefusesAReduction) {
  EXPECT_EQ(error_of([](Schedule& s) { s.parallel("C_k"); }),
            "parallel C_k: block C reduces over it");
  EXPECT_EQ(error_of([](Schedule& s) {
              s.cache_read("C", "A", Scope::kLocal);
              s.compute_at("C", "D_i");
              s.compute_at("A_local", "D_i");
              s.bind_vthread("D_i");
            }),
            "no error");
}

TEST(Schedule, ComputeAtKeepsEveryUseInTheLoop) {
  EXPECT_EQ(error_of([](Schedule& s) { s.compute_at("D", "C_i"); }),
            "compute_at D: D is a parameter, all of it must be computed");
  EXPECT_EQ(error_of([](Schedule& s) { s.compute_at("C", "C_i"); }),
            "compute_at C: it is inside loop C_i already");
}

TEST(Schedule, ReverseComputeAtWaitsForTheReduction) {
  EXPECT_EQ(error_of([](Schedule& s) {
              s.reorder({"C_k", "C_i", "C_j"});
              s.reverse_compute_at("D", "C_i");
            }),
            "reverse_compute_at D: inside loop C_i block C does not finish: it reduces over C_k");
  EXPECT_EQ(error_of([](Schedule& s) { s.reverse_compute_at("C", "D_i"); }),
            "reverse_compute_at C: it is a reduction");
}

TEST(Schedule, InliningRefusesAReduction) {
  EXPECT_EQ(error_of([](Schedule& s) { s.compute_inline("C"); }),
            "compute_inline C: it is a reduction");
  EXPECT_EQ(error_of([](Schedule& s) { s.compute_inline("D"); }),
            "compute_inline D: D is a parameter, all of it must be computed");
}

TEST(Schedule, StorageOfAParameterIsTheCallers) {
  EXPECT_EQ(error_of([](Schedule& s) { s.set_scope("A", Scope::kInp); }),
            "set_scope: A is a parameter, who calls decides about it");
  Schedule s(matmul());
  s.storage_align("C", 0, 16, 4);
  s.set_scope("C", Scope::kAcc);
  EXPECT_THAT(s.show(), testing::HasSubstr("alloc C: i32[8, 10] acc strides [20, 1]"));
}

TEST(Schedule, AnElementwiseBlockMayWorkInPlace) {
  const Tensor a = placeholder({8, 6}, kInt32, "A");
  const Axis r = reduce_axis(6, "k");
  const Tensor b = compute(
      {8, 8}, [&](Var i, Var) { return sum(a(i, r), {r}); }, "B");
  const Tensor c = compute(
      {8, 8}, [&](Var i, Var j) { return b(i, j) * b(i, j); }, "C");
  const Tensor d = compute(
      {8, 8}, [&](Var i, Var j) { return c(i, j) - c(j, i); }, "D");
  Schedule s(lower("f", {a, d}));
  const auto before = results(s.function());
  s.in_place("C", "B");
  EXPECT_THAT(s.show(), testing::HasSubstr("B[vi_1, vj_1] = B[vi_1, vj_1] * B[vi_1, vj_1]"));
  EXPECT_THAT(s.show(), testing::Not(testing::HasSubstr("alloc C")));
  EXPECT_EQ(results(s.function()), before);
}

TEST(Schedule, DecomposeReductionStaysOutsideTheReduction) {
  EXPECT_EQ(error_of([](Schedule& s) {
              s.reorder({"C_k", "C_j"});
              s.decompose_reduction("C", "C_j");
            }),
            "decompose_reduction C: it reduces over loop C_k, which is outside C_j");
  EXPECT_EQ(error_of([](Schedule& s) { s.decompose_reduction("D", "D_i"); }),
            "decompose_reduction D: it has no init");
}

TEST(Schedule, RfactorKeepsApartWhatRunsInSeveralSteps) {
  Schedule s(matmul());
  const auto before = results(s.function());
  s.split("C_k", {0, 4});
  s.reorder({"C_k_1", "C_i", "C_j", "C_k_0"});
  EXPECT_EQ(s.rfactor("C", "C_k_1"), "C_rf");
  s.parallel("C_k_1");
  EXPECT_EQ(results(s.function()), before) << s.show();
  EXPECT_EQ(error_of([](Schedule& t) { t.rfactor("C", "C_i"); }),
            "rfactor C C_i: it does not reduce over loop C_i");
  EXPECT_EQ(error_of([](Schedule& t) { t.rfactor("D", "D_i"); }),
            "rfactor D D_i: it is no reduction with an init");
  EXPECT_EQ(error_of([](Schedule& t) { t.rfactor("C", t.fuse("C_j", "C_k")); }),
            "rfactor C C_j_C_k: loop C_j_C_k is both spatial and a reduction");
}

TEST(Schedule, RfactorWantsAnInitThatMayCountTwice) {
  const loop::Function f = loop::parse(
      "func f(A: i64[8], R: i64[1]) { for k in 8 { block R(v in 1 = 0, r in 8 reduce = k) {\n"
      "  init { R[v] = 7 } R[v] = R[v] + A[r] } } }");
  Schedule s(f);
  s.split("k", {0, 4});
  EXPECT_EQ(error_of([&](Schedule&) { s.rfactor("R", "k_1"); }),
            "rfactor R k_1: its init is 7, which would count once for each part");
}

TEST(Schedule, PaddingStaysOutsideTheLoopThatMakesWhatItPads) {
  const Tensor a = placeholder({3, 3}, kInt32, "A");
  const Tensor t = compute(
      {3, 3}, [&](Var i, Var j) { return a(j, i); }, "T");
  const Axis r = reduce_axis(3, "k");
  const Tensor c = compute(
      {3, 3}, [&](Var i, Var j) { return sum(t(i, r) * a(j, r), {r}); }, "C");
  EXPECT_EQ(error_of([&](Schedule& s) {
              s = Schedule(lower("f", {a, c}));
              s.pad_einsum("C", {2, 2, 4});
              s.reverse_compute_at("T_pad", "T_j");
            }),
            "reverse_compute_at T_pad: it computes 4 elements where T has 3, as padding does");
}

TEST(Schedule, PadEinsumMakesTilesWhole) {
  Schedule s(matmul());
  const auto before = results(s.function());
  EXPECT_EQ(s.pad_einsum("C", {4, 4, 4}), (std::vector<std::string>{"A_pad", "B_pad", "C_copy"}));
  s.split("C_j", {0, 4});
  s.split("C_k", {0, 4});
  EXPECT_THAT(s.show(), testing::Not(testing::HasSubstr("where")));
  EXPECT_EQ(results(s.function()), before) << s.show();
  EXPECT_EQ(error_of([](Schedule& t) {
              t.pad_einsum("D", {4, 4});
            }),
            "pad_einsum D: it is no sum with an init");
  EXPECT_EQ(error_of([](Schedule& t) {
              t.pad_einsum("C", {4, 4});
            }),
            "pad_einsum C: 2 multiples, it has 3 variables");
  EXPECT_EQ(error_of([](Schedule& t) {
              t.split("C_j", {0, 4});
              t.pad_einsum("C", {4, 4, 4});
            }),
            "pad_einsum C: vj is not one loop over its 10 values, pad before split");
}

TEST(Schedule, AChoiceWithWhatStandsThereBecomesAGuard) {
  const Tensor a = placeholder({8, 6}, kInt32, "A");
  const Tensor b = compute(
      {8, 6}, [&](Var i, Var j) { return a(i, j); }, "B");
  const Tensor c = compute(
      {8, 6}, [&](Var i, Var j) { return select(j < 2, b(i, j) + constant(kInt32, 5), b(i, j)); },
      "C");
  const Tensor d = compute(
      {8, 6}, [&](Var i, Var j) { return c(i, j); }, "D");
  Schedule s(lower("f", {a, d}));
  const auto before = results(s.function());
  s.split("C_j", {0, 4});
  s.in_place("C", "B");
  s.guard("C");
  EXPECT_THAT(s.show(), testing::HasSubstr("C_j_0 * 4 + C_j_1 < 2 {\n"));
  EXPECT_THAT(s.show(), testing::HasSubstr("B[vi_1, vj_1] = B[vi_1, vj_1] + 5:i32"));
  EXPECT_EQ(results(s.function()), before);
}

TEST(Schedule, AStepThatMayAddTheIdentityBecomesAGuard) {
  const Tensor a = placeholder({8}, kInt32, "A");
  const Axis k = reduce_axis(3, "k");
  const Tensor c = compute(
      {8},
      [&](Var i) {
        const Expr at = Expr(i) + k;
        return max_over(select(at < 8, a(at), constant(kInt32, INT32_MIN)), {k});
      },
      "C");
  Schedule s(lower("f", {a, c}));
  const auto before = results(s.function());
  s.decompose_reduction("C", "C_i");
  s.guard("C");
  EXPECT_THAT(s.show(), testing::HasSubstr("where C_i + C_k < 8 {\n"));
  EXPECT_THAT(s.show(), testing::HasSubstr("max(C[vi_1], A["));
  EXPECT_EQ(results(s.function()), before);
}

TEST(Schedule, GuardRefusesWhatIsNoChoiceWithWhatStandsThere) {
  EXPECT_EQ(error_of([](Schedule& s) { s.guard("C"); }),
            "guard C: it is a reduction with its init: decompose_reduction first");
  EXPECT_EQ(error_of([](Schedule& s) { s.guard("D"); }),
            "guard D: it does not store select(condition, value, what stands there): in_place "
            "first");
}

TEST(Schedule, InPlaceWantsTheLastUseOfEachElement) {
  const Tensor a = placeholder({8}, kInt32, "A");
  const Tensor b = compute(
      {8}, [&](Var i) { return a(i) + constant(kInt32, 1); }, "B");
  const Tensor c = compute(
      {8}, [&](Var i) { return max(b(i), constant(kInt32, 0)); }, "C");
  const Tensor d = compute(
      {8}, [&](Var i) { return c(i) + a(i); }, "D");
  const Tensor e = compute(
      {8}, [&](Var i) { return b(i) + c(Expr(7) - i); }, "E");
  Schedule s(lower("f", {a, d}));
  const auto before = results(s.function());
  s.in_place("C", "B");
  EXPECT_THAT(s.show(), testing::HasSubstr("B[vi_1] = max(B[vi_1], 0:i32)"));
  EXPECT_EQ(results(s.function()), before);

  const auto refused = [](const Tensor& last, const Tensor& input,
                          const std::vector<std::string>& lines) {
    Schedule t(lower("f", {input, last}));
    return error_of([&](Schedule&) {
      for (const std::string& line : lines) t.apply(line);
    });
  };
  EXPECT_EQ(refused(e, a, {"in_place C B"}), "in_place C B: block E reads B too");
  const Tensor window = compute(
      {7}, [&](Var i) { return c(i) + c(i + 1); }, "W");
  EXPECT_EQ(refused(window, a, {"compute_at C W_i", "in_place C B"}),
            "in_place C B: elements along vi are computed again");
  EXPECT_EQ(refused(d, a, {"in_place D C"}), "in_place D C: D is a parameter, who calls owns it");
  EXPECT_EQ(refused(d, a, {"compute_at C D_i", "compute_at B D_i", "in_place C B"}), "no error");
  EXPECT_EQ(refused(d, a, {"compute_at C D_i", "compute_at B C_i", "in_place C B"}),
            "in_place C B: block D uses C where B is gone");
  EXPECT_EQ(refused(d, a, {"set_scope B acc", "in_place C B"}),
            "in_place C B: C and B differ in type, shape, scope or strides");
}

// A sum that begins with another sum, as two products that are added up in one accumulator.
TEST(Schedule, ASumGoesOnInPlaceOfTheOneItBeginsWith) {
  const Tensor a = placeholder({6, 4}, kInt32, "A"), b = placeholder({6, 4}, kInt32, "B");
  const Axis k = reduce_axis(4, "k"), l = reduce_axis(4, "l");
  const Tensor first = compute(
      {6}, [&](Var i) { return sum(a(i, k), {k}); }, "first");
  const Tensor both = compute(
      {6},
      [&](Var i) -> Body {
        return Reduction{loop::BinaryOp::kAdd, first(i), b(i, l), {l}};
      },
      "both");
  const Tensor c = compute(
      {6}, [&](Var i) { return both(i); }, "C");
  Schedule s(lower("f", {a, b, c}));
  const auto before = results(s.function());
  s.decompose_reduction("both", "both_l");
  s.in_place("both_init", "first");
  EXPECT_THAT(s.show(), testing::HasSubstr("first[vi_1] = first[vi_1] + B[vi_1, vl]"));
  EXPECT_THAT(s.show(), testing::Not(testing::HasSubstr("both_init")));
  EXPECT_EQ(results(s.function()), before);
}

}  // namespace
}  // namespace vta::te
