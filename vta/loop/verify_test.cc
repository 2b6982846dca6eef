// One broken function a rule of verify().
#include "vta/loop/verify.h"

#include <gtest/gtest.h>

#include "vta/base/error.h"

namespace vta::loop {
namespace {

const Buffer kA = make_buffer("A", kIndex, {4, 4});
const Var kI("i");

std::string error_of(Stmt body) {
  try {
    verify({"f", {kA}, std::move(body)});
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

Stmt loop(Stmt body) {
  return make_for(kI, 4, std::move(body));
}
Stmt block(std::string name, Expr binding, Stmt body) {
  const Var v("v");
  return make_stmt(Block{std::move(name),
                         {{v, 4, BlockIter::Kind::kSpatial, std::move(binding)}},
                         Expr(),
                         Stmt(),
                         std::move(body)});
}

TEST(Verify, AcceptsWhatIsRight) {
  EXPECT_EQ(error_of(loop(make_store(kA, {kI, 0}, kI))), "no error");
}

TEST(Verify, AVariableOutsideItsLoop) {
  EXPECT_EQ(error_of(make_store(kA, {kI, 0}, 1)), "variable i is used where it is not defined");
}

TEST(Verify, ALoopVariableInsideABlock) {
  EXPECT_EQ(error_of(loop(block("b", kI, make_store(kA, {kI, 0}, 1)))),
            "variable i is used where it is not defined");
}

TEST(Verify, TwoBlocksOfOneName) {
  const Stmt b = block("b", 0, make_store(kA, {0, 0}, 1));
  EXPECT_EQ(error_of(make_seq({b, b})), "two blocks are called b");
}

TEST(Verify, ALoopInItself) {
  EXPECT_EQ(error_of(loop(loop(make_store(kA, {kI, 0}, 1)))), "loop variable i is defined twice");
}

TEST(Verify, AnEmptyLoop) {
  EXPECT_EQ(error_of(make_for(kI, 0, make_store(kA, {kI, 0}, 1))),
            "loop i has extent 0, must be positive");
}

TEST(Verify, ABufferThatIsNotThere) {
  const Buffer b = make_buffer("B", kIndex, {1});
  EXPECT_EQ(error_of(make_store(b, {0}, 1)), "buffer B is used where it is not allocated");
  EXPECT_EQ(error_of(make_seq({make_stmt(Alloc{b, make_store(b, {0}, 1)}), make_store(b, {0}, 2)})),
            "buffer B is used where it is not allocated");
}

TEST(Verify, ACopyOfAnotherShape) {
  EXPECT_EQ(error_of(make_stmt(Copy{{kA, {0, 0}, {2, 4}}, {kA, {2, 0}, {4, 2}}})),
            "a copy of 4x2 elements of A to 2x4 of A: extents other than 1 must be the same");
}

TEST(Verify, AConditionThatIsNotBool) {
  EXPECT_EQ(error_of(make_stmt(If{1, make_store(kA, {0, 0}, 1)})),
            "a condition is of type i64, must be bool");
}

}  // namespace
}  // namespace vta::loop
