// Input text, pass, expected text; and that the meaning stays.
#include "vta/loop/passes.h"

#include <gtest/gtest.h>

#include "vta/loop/passes_testing.h"

namespace vta::loop {
namespace {

TEST(LowerBlocks, BindingsPredicateAndInitBecomeStatements) {
  expect_pass(lower_blocks,
              "func f(A: i64[10, 6], S: i64[10]) {\n"
              "  for o in 3 { for i in 4 { for k in 6 {\n"
              "    block s(v in 10 = o * 4 + i, r in 6 reduce = k) where o * 4 + i < 10 {\n"
              "      init { S[v] = 0 }\n"
              "      S[v] = S[v] + A[v, r]\n"
              "    } } } } }",
              "func f(A: i64[10, 6], S: i64[10]) {\n"
              "  for o in 3 {\n"
              "    for i in 4 {\n"
              "      for k in 6 {\n"
              "        if o * 4 + i < 10 {\n"
              "          if k == 0 {\n"
              "            S[o * 4 + i] = 0\n"
              "          }\n"
              "          S[o * 4 + i] = S[o * 4 + i] + A[o * 4 + i, k]\n"
              "        }\n"
              "      }\n"
              "    }\n"
              "  }\n"
              "}\n");
}

TEST(FormCopies, APaddedWindowAndANarrowingStoreBecomeRegions) {
  expect_pass(
      form_copies,
      "func f(A: i8[5, 7, 2], B: i8[5, 7, 2]) {\n"
      "  for t in 3 {\n"
      "    alloc a: i8[4, 9, 2] inp\n"
      "    for y in 4 { for x in 9 { for c in 2 {\n"
      "      a[y, x, c] = select(1 <= t * 2 + y & t * 2 + y < 6 & 1 <= x & x < 8, A[t * 2 + "
      "y - 1, x - 1, c], 0:i8)\n"
      "    } } }\n"
      "    alloc s: i32[2, 7, 2] acc\n"
      "    for y in 2 { for x in 7 { for c in 2 {\n"
      "      s[y, x, c] = i32(a[y, x, c]) * 70:i32\n"
      "    } } }\n"
      "    for y in 2 { for x in 7 { for c in 2 {\n"
      "      if t * 2 + y < 5 { B[t * 2 + y, x, c] = i8(s[y, x, c]) }\n"
      "    } } }\n"
      "  } }",
      "func f(A: i8[5, 7, 2], B: i8[5, 7, 2]) {\n"
      "  for t in 3 {\n"
      "    alloc a: i8[4, 9, 2] inp\n"
      "    copy a[0:4, 0:9, 0:2] = A[t * 2 - 1:4, -1:9, 0:2]\n"
      "    alloc s: i32[2, 7, 2] acc\n"
      "    for y in 2 {\n"
      "      for x in 7 {\n"
      "        for c in 2 {\n"
      "          s[y, x, c] = i32(a[y, x, c]) * 70:i32\n"
      "        }\n"
      "      }\n"
      "    }\n"
      "    copy B[t * 2:2, 0:7, 0:2] = s[0:2, 0:7, 0:2]\n"
      "  }\n"
      "}\n");
}

TEST(FormCopies, SplitLoopsBecomeOneExtentAndATransposeStaysLoops) {
  expect_pass(form_copies,
              "func f(A: i8[12, 2], B: i8[2, 2]) {\n"
              "  alloc a: i8[12, 2] inp\n"
              "  for o in 3 { for i in 4 { for c in 2 { a[o * 4 + i, c] = A[o * 4 + i, c] } } }\n"
              "  for o in 2 { for c in 2 { B[o, c] = a[c, o] } } }",
              "func f(A: i8[12, 2], B: i8[2, 2]) {\n"
              "  alloc a: i8[12, 2] inp\n"
              "  copy a[0:12, 0:2] = A[0:12, 0:2]\n"
              "  for o in 2 {\n"
              "    copy B[o, 0:2] = a[0:2, o]\n"
              "  }\n"
              "}\n");
}

TEST(FormCopies, AConditionThatSaysMoreThanTheBufferStays) {
  const std::string_view text =
      "func f(A: i8[8, 2]) {\n"
      "  alloc a: i8[8, 2] inp\n"
      "  for i in 8 {\n"
      "    if i < 6 {\n"
      "      copy a[i, 0:2] = A[i, 0:2]\n"
      "    }\n"
      "  }\n"
      "}\n";
  expect_pass(form_copies, text, text);
}

}  // namespace
}  // namespace vta::loop
