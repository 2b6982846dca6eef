// Input text, pass, expected text; and that the meaning stays.
#include <gtest/gtest.h>

#include "vta/base/error.h"
#include "vta/loop/passes.h"
#include "vta/loop/passes_testing.h"
#include "vta/loop/text.h"
#include "vta/loop/verify.h"

namespace vta::loop {
namespace {

void expect_compacted(std::string_view before, std::string_view after) {
  expect_pass(compact_buffers, before, after);
}

TEST(CompactBuffers, ATilesBufferHasTheTilesSize) {
  expect_compacted(
      "func f(A: i64[12, 8], B: i64[12, 8]) {\n"
      "  for y in 3 { for x in 2 {\n"
      "    alloc a: i64[12, 8] local\n"
      "    for i in 4 { for j in 4 { a[y * 4 + i, x * 4 + j] = A[y * 4 + i, x * 4 + j] } }\n"
      "    for i in 4 { for j in 4 {\n"
      "      B[y * 4 + i, x * 4 + j] = a[y * 4 + 3 - i, x * 4 + j] } } } } }",
      "func f(A: i64[12, 8], B: i64[12, 8]) {\n"
      "  for y in 3 {\n"
      "    for x in 2 {\n"
      "      alloc a: i64[4, 4] local\n"
      "      for i in 4 {\n"
      "        for j in 4 {\n"
      "          a[i, j] = A[y * 4 + i, x * 4 + j]\n"
      "        }\n"
      "      }\n"
      "      for i_1 in 4 {\n"
      "        for j_1 in 4 {\n"
      "          B[y * 4 + i_1, x * 4 + j_1] = a[3 - i_1, j_1]\n"
      "        }\n"
      "      }\n"
      "    }\n"
      "  }\n"
      "}\n");
}

TEST(CompactBuffers, AnAllocationSinksToWhereTheBufferIsWrittenAnew) {
  expect_compacted(
      "func f(A: i64[6, 8], B: i64[6]) {\n"
      "  alloc a: i64[6, 8] inp\n"
      "  for y in 6 {\n"
      "    B[y] = 0\n"
      "    copy a[y, 0:8] = A[y, 0:8]\n"
      "    for k in 8 { B[y] = B[y] + a[y, k] } } }",
      "func f(A: i64[6, 8], B: i64[6]) {\n"
      "  for y in 6 {\n"
      "    alloc a: i64[1, 8] inp\n"
      "    B[y] = 0\n"
      "    copy a[0, 0:8] = A[y, 0:8]\n"
      "    for k in 8 {\n"
      "      B[y] = B[y] + a[0, k]\n"
      "    }\n"
      "  }\n"
      "}\n");
}

TEST(CompactBuffers, WhatAnIterationLeavesToTheNextStays) {
  expect_compacted(
      "func f(A: i64[6], B: i64[6]) {\n"
      "  alloc a: i64[6] local\n"
      "  for y in 6 {\n"
      "    if y == 0 { a[0] = 0 }\n"
      "    a[0] = a[0] + A[y]\n"
      "    B[y] = a[0] } }",
      "func f(A: i64[6], B: i64[6]) {\n"
      "  alloc a: i64[1] local\n"
      "  for y in 6 {\n"
      "    if y == 0 {\n"
      "      a[0] = 0\n"
      "    }\n"
      "    a[0] = a[0] + A[y]\n"
      "    B[y] = a[0]\n"
      "  }\n"
      "}\n");
  expect_compacted(
      "func f(A: i64[6], B: i64[6]) {\n"
      "  alloc a: i64[7] local\n"
      "  a[0] = 0\n"
      "  for y in 6 { a[y + 1] = a[y] + A[y] }\n"
      "  for y in 6 { B[y] = a[y + 1] } }",
      "func f(A: i64[6], B: i64[6]) {\n"
      "  alloc a: i64[7] local\n"
      "  a[0] = 0\n"
      "  for y in 6 {\n"
      "    a[y + 1] = a[y] + A[y]\n"
      "  }\n"
      "  for y_1 in 6 {\n"
      "    B[y_1] = a[y_1 + 1]\n"
      "  }\n"
      "}\n");
}

TEST(CompactBuffers, PaddingStaysOutsideOfTheBuffer) {
  // Rows of `a` that a copy reads beyond its end are zeros: that dimension keeps its size.
  expect_compacted(
      "func f(A: i64[8, 6], B: i64[4, 6]) {\n"
      "  for y in 1 {\n"
      "    alloc a: i64[8, 6] local\n"
      "    for i in 2 { for j in 3 { a[i + 6, j + 2] = A[i + 6, j + 2] } }\n"
      "    copy B[0:4, 0:3] = a[6:4, 2:3] } }",
      "func f(A: i64[8, 6], B: i64[4, 6]) {\n"
      "  alloc a: i64[8, 3] local\n"
      "  for i in 2 {\n"
      "    for j in 3 {\n"
      "      a[i + 6, j] = A[i + 6, j + 2]\n"
      "    }\n"
      "  }\n"
      "  copy B[0:4, 0:3] = a[6:4, 0:3]\n"
      "}\n");
}

TEST(CompactBuffers, OperandsAreRebasedAndStridesStay) {
  const Function f = parse(
      "func f(A: i64[8, 16]) {\n"
      "  for t in 4 vthread {\n"
      "    alloc c: i64[8, 16] acc strides [24, 1]\n"
      "    for i in 2 { call reset(c[t * 2 + i, 0:16]) }\n"
      "    copy A[t * 2:2, 0:16] = c[t * 2:2, 0:16] } }");
  const Function after = compact_buffers(f);
  verify(after);
  EXPECT_EQ(to_string(after),
            "func f(A: i64[8, 16]) {\n"
            "  for t in 4 vthread {\n"
            "    alloc c: i64[2, 16] acc strides [24, 1]\n"
            "    for i in 2 {\n"
            "      call reset(c[i, 0:16])\n"
            "    }\n"
            "    copy A[t * 2:2, 0:16] = c[0:2, 0:16]\n"
            "  }\n"
            "}\n");
}

TEST(CompactBuffers, BlocksAreLoweredFirst) {
  try {
    compact_buffers(parse("func f(A: i64[4]) { for i in 4 { block b(v in 4 = i) { A[v] = v } } }"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "compact_buffers: block b is not lowered");
  }
}

}  // namespace
}  // namespace vta::loop
