// Simplification: rules one by one, and random expressions, which keep their value.
#include <gtest/gtest.h>

#include <random>

#include "vta/loop/analysis.h"
#include "vta/loop/interpret.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"

namespace vta::loop {
namespace {

const Var kI("i"), kJ("j"), kK("k");
const Ranges kRanges = {{kI, {0, 7}}, {kJ, {0, 3}}, {kK, {-5, 20}}};

std::string simple(const Expr& e) {
  return to_string(simplify(e, kRanges));
}

TEST(Simplify, CollectsSums) {
  EXPECT_EQ(simple(kJ + kI * 2 + 3 - kJ * 4 + kI - 5), "i * 3 - j * 3 - 2");
  EXPECT_EQ(simple((Expr(kI) - kI) * kJ), "0");
  EXPECT_EQ(simple(Expr(4) * (kI + 1)), "i * 4 + 4");
}

TEST(Simplify, TakesDivisionsApart) {
  EXPECT_EQ(simple((kI * 4 + kJ) / 4), "i");
  EXPECT_EQ(simple((kI * 4 + kJ) % 4), "j");
  EXPECT_EQ(simple((kI * 4 + kJ + 8) / 4), "i + 2");
  EXPECT_EQ(simple((kI * 8 + kJ * 4 + 2) / 16), "(i * 2 + j) // 4");
  EXPECT_EQ(simple((kI * 8 + kJ * 4 + 2) % 16), "(i * 2 + j) % 4 * 4 + 2");
  EXPECT_EQ(simple(Expr(kK) / 3 / 5), "k // 15");
  EXPECT_EQ(simple(Expr(kK) / 3 * 3 + Expr(kK) % 3), "k");
  EXPECT_EQ(simple((kI * 4 + kJ) / 12), "i // 3");
  EXPECT_EQ(simple((kI * 4 + kJ) % 12), "j + i % 3 * 4");
  EXPECT_EQ(simple((kJ - 4) / 4), "-1");
  EXPECT_EQ(simple((kJ - 4) % 4), "j");
}

TEST(Simplify, DecidesByRanges) {
  EXPECT_EQ(simple(kI < 8), "1:bool");
  EXPECT_EQ(simple(kI * 4 + kJ < 31), "i * 4 + j < 31");
  EXPECT_EQ(simple(kI * 4 + kJ < 28), "i < 7");
  EXPECT_EQ(simple(Expr(8) <= kI * 4 + kJ), "1 < i");
  EXPECT_EQ(simple(kI * 4 + kK < 28), "i * 4 + k < 28");
  EXPECT_EQ(simple(min(kI, 7)), "i");
  EXPECT_EQ(simple(max(kI - 8, 0)), "0");
  EXPECT_EQ(simple(kI == kI + 1), "0:bool");
  EXPECT_EQ(simple(select(kJ <= 3, kI, kK)), "i");
  EXPECT_EQ(simple(kI < 8 && kJ < 2), "j < 2");
}

TEST(Simplify, KeepsTheWidthOfValues) {
  const Expr wraps = constant(kInt8, 127) + constant(kInt8, 1);
  EXPECT_EQ(simple(wraps), "-128:i8");
}

TEST(Simplify, DropsWhatDoesNothing) {
  const Function f = parse(
      "func f(A: i64[4]) { for i in 4 { for one in 1 {\n"
      "  if i + one < 4 { A[i + one] = i }\n"
      "  if one + 3 < i { A[0] = 1 } } } }");
  EXPECT_EQ(to_string(Function{"f", f.parameters, simplify(f.body)}),
            "func f(A: i64[4]) {\n  for i in 4 {\n    A[i] = i\n  }\n}\n");
}

TEST(Bounds, AreThoseOfTheCorners) {
  EXPECT_EQ(bounds(kI * 3 - kJ, kRanges), (Interval{-3, 21}));
  EXPECT_EQ(bounds(Expr(kK) / 4, kRanges), (Interval{-2, 5}));
  EXPECT_EQ(bounds(Expr(kK) % 4, kRanges), (Interval{0, 3}));
  EXPECT_EQ(bounds(Expr(Var("unknown")), kRanges), std::nullopt);
}

class RandomExpr {
 public:
  explicit RandomExpr(uint64_t seed) : random_(seed) {}

  Expr index(int depth) {
    if (depth == 0 || below(6) == 0) return leaf();
    const Expr a = index(depth - 1);
    switch (below(8)) {
      case 0:
      case 1:
        return a + index(depth - 1);
      case 2:
        return a - index(depth - 1);
      case 3:
        return a * (below(9) - 4);
      case 4:
        return a / (below(12) + 1);
      case 5:
        return a % (below(12) + 1);
      case 6:
        return below(2) == 0 ? min(a, index(depth - 1)) : max(a, index(depth - 1));
      default:
        return select(condition(depth - 1), a, index(depth - 1));
    }
  }

 private:
  int64_t below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }
  Expr leaf() {
    switch (below(4)) {
      case 0:
        return below(20) - 6;
      case 1:
        return kI;
      case 2:
        return kJ;
      default:
        return kK;
    }
  }
  Expr condition(int depth) {
    const Expr a = index(depth), b = index(depth);
    switch (below(5)) {
      case 0:
        return a < b;
      case 1:
        return a == b;
      case 2:
        return a != b;
      case 3:
        return a <= b && b < 9;
      default:
        return a <= b || a < 3;
    }
  }
  std::mt19937_64 random_;
};

int64_t evaluate(const Expr& e, int64_t i, int64_t j, int64_t k) {
  const Buffer r = make_buffer("R", kIndex, {1});
  Array storage(*r);
  Array* argument = &storage;
  interpret({"f", {r}, make_store(r, {0}, substitute(e, {{kI, i}, {kJ, j}, {kK, k}}))},
            {&argument, 1});
  return storage.values[0].integer;
}

TEST(Simplify, KeepsTheValueOfRandomExpressionsAndSettles) {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    const Expr e = RandomExpr(seed).index(4);
    const Expr s = simplify(e, kRanges);
    const auto range = bounds(e, kRanges);
    ASSERT_EQ(to_string(simplify(s, kRanges)), to_string(s))
        << "seed " << seed << ": " << to_string(e);
    std::mt19937_64 random(seed);
    for (int n = 0; n < 8; ++n) {
      const auto i = static_cast<int64_t>(random() % 8), j = static_cast<int64_t>(random() % 4),
                 k = static_cast<int64_t>(random() % 26) - 5;
      const int64_t expected = evaluate(e, i, j, k);
      ASSERT_EQ(evaluate(s, i, j, k), expected)
          << "seed " << seed << ": " << to_string(e) << " became " << to_string(s) << " at " << i
          << ", " << j << ", " << k;
      ASSERT_TRUE(!range || (range->low <= expected && expected <= range->high))
          << "seed " << seed << ": " << to_string(e);
    }
  }
}

}  // namespace
}  // namespace vta::loop
