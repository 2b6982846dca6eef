// How binary operators are written: the one table that printer and parser share.
#pragma once

#include <array>
#include <string_view>

#include "vta/loop/expr.h"

namespace vta::loop {

struct OperatorText {
  std::string_view text;
  int precedence;  // higher binds tighter; 0: a function of two arguments
};

inline constexpr int kTightestPrecedence = 7;
inline constexpr std::array<OperatorText, kBinaryOps> kOperators = {{
    {"+", 6},    // kAdd
    {"-", 6},    // kSub
    {"*", 7},    // kMul
    {"/", 7},    // kDiv
    {"//", 7},   // kFloorDiv
    {"%", 7},    // kFloorMod
    {"min", 0},  // kMin
    {"max", 0},  // kMax
    {"&", 3},    // kAnd
    {"|", 1},    // kOr
    {"^", 2},    // kXor
    {"<<", 5},   // kShl
    {">>", 5},   // kShr
    {"==", 4},   // kEq
    {"!=", 4},   // kNe
    {"<", 4},    // kLt
    {"<=", 4},   // kLe
}};

inline const OperatorText& operator_text(BinaryOp op) {
  return kOperators[static_cast<size_t>(op)];
}

}  // namespace vta::loop
