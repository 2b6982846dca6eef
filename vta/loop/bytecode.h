// A function of the loop IR as a flat list of operations on registers, for the interpreter.
#pragma once

#include <string>
#include <vector>

#include "vta/loop/interpret.h"

namespace vta::loop {

struct Operation {
  enum class Code : uint8_t {
    kAffine,  // dst = immediate + the sum of terms[first ... first + count)
    kAdd,     // dst = a + b, kSub, kMul likewise: integers, wrapped to `type`
    kSub,
    kMul,
    kBinary,      // dst = a op b, of `type`
    kConvert,     // dst = a, of type `from`, as `type`
    kFloatCall,   // dst = functions[first](a), rounded to `type`
    kFma,         // dst = the three operands from first on, in `type`
    kRequantise,  // dst = requantise(the four operands from first on)
    kLoad,        // dst = the element of buffer at the operands from first on
    kStore,       // that element = a
    kJump,        // to target
    kJumpIfZero,  // to target where a is 0
    kBegin,       // dst = 0, a loop's variable
    kNext,        // ++dst, and to target where it is below immediate
    kCheckIter,   // dst must be a value of iters[first]
    kAlloc,       // buffer gets storage
    kCopy,        // copies[first]
    kIntrinsic,   // intrinsics[first]
  };
  Code code;
  BinaryOp op = BinaryOp::kAdd;
  Type type = kIndex;
  Type from = kIndex;
  uint32_t dst = 0, a = 0, b = 0;
  uint32_t buffer = 0;
  uint32_t first = 0, count = 0;
  uint32_t target = 0;
  int64_t immediate = 0;
};

struct Bytecode {
  struct Term {
    uint32_t reg;
    int64_t coefficient;
  };
  struct Iter {
    std::string block, variable;
    int64_t extent;
  };
  // A region whose begin stands in the operands from `first` on.
  struct Place {
    uint32_t buffer;
    uint32_t first;
    std::vector<int64_t> extent;
  };
  struct Move {
    Place to, from;
    int64_t padding;
  };
  struct Call {
    std::string name;
    std::vector<Place> regions;
    std::vector<uint32_t> scalars;  // registers
  };

  std::vector<Operation> operations;
  std::vector<Value> registers;  // at the beginning: constants have theirs
  std::vector<uint32_t> operands;
  std::vector<Term> terms;
  std::vector<Buffer> buffers;  // parameters first
  size_t parameters = 0;
  std::vector<uint32_t> scalars;
  std::vector<std::string> functions;
  std::vector<Iter> iters;
  std::vector<Move> copies;
  std::vector<Call> intrinsics;
};

Bytecode compile(const Function& function);

}  // namespace vta::loop
