#include "vta/codegen/llvm/dot_emitter.h"

#include <llvm/IR/IntrinsicsX86.h>

#include <numeric>
#include <vector>

namespace vta::codegen {

namespace {

constexpr unsigned kTaps = 4;

llvm::Type* vector_of(llvm::Type* element, unsigned lanes) {
  return llvm::FixedVectorType::get(element, lanes);
}

// Bytes widen to i16, where products of two and their sum are exact. (pmaddubsw, which takes bytes,
// saturates.) One pmaddwd gives two sums for each of four lanes.
llvm::Value* four_lanes(llvm::IRBuilder<>& b, const Dot& dot, llvm::Value* a, llvm::Value* from) {
  llvm::Type* words = vector_of(b.getInt16Ty(), 16);
  llvm::Value* y =
      b.CreateSExt(b.CreateAlignedLoad(vector_of(b.getInt8Ty(), 16), from, llvm::Align(1)), words);
  llvm::Value* four = b.CreateAlignedLoad(vector_of(b.getInt8Ty(), kTaps), a, llvm::Align(1));
  std::vector<int> repeat;
  for (int i = 0; i < 16; ++i) repeat.push_back(i % static_cast<int>(kTaps));
  llvm::Value* x = b.CreateIntCast(b.CreateShuffleVector(four, repeat), words, !dot.is_a_unsigned);
  llvm::Value* pairs = b.CreateIntrinsic(llvm::Intrinsic::x86_avx2_pmadd_wd, {}, {x, y});
  return b.CreateAdd(b.CreateShuffleVector(pairs, {0, 2, 4, 6}),
                     b.CreateShuffleVector(pairs, {1, 3, 5, 7}));
}

llvm::Value* joined(llvm::IRBuilder<>& b, llvm::Value* low, llvm::Value* high, int lanes) {
  std::vector<int> order(static_cast<size_t>(2 * lanes));
  std::iota(order.begin(), order.end(), 0);
  return b.CreateShuffleVector(low, high, order);
}

}  // namespace

llvm::Value* emit_dot(llvm::IRBuilder<>& b, const Dot& dot, const DotInstructions& instructions,
                      llvm::Value* acc, llvm::Value* a, llvm::Value* from) {
  if (instructions.vpdpbusd && dot.is_a_unsigned) {
    llvm::Type* type = vector_of(b.getInt32Ty(), dot.lanes);
    llvm::Value* x =
        b.CreateVectorSplat(dot.lanes, b.CreateAlignedLoad(b.getInt32Ty(), a, llvm::Align(1)));
    llvm::Value* y = b.CreateAlignedLoad(type, from, llvm::Align(1));
    return b.CreateIntrinsic(dot.lanes == 16 ? llvm::Intrinsic::x86_avx512_vpdpbusd_512
                                             : llvm::Intrinsic::x86_avx512_vpdpbusd_256,
                             {}, {acc, x, y});
  }
  std::vector<llvm::Value*> parts;
  for (unsigned lane = 0; lane < dot.lanes; lane += 4) {
    parts.push_back(four_lanes(b, dot, a, b.CreateConstGEP1_64(b.getInt8Ty(), from, lane * kTaps)));
  }
  for (int lanes = 4; parts.size() > 1; lanes *= 2) {
    std::vector<llvm::Value*> halves;
    for (size_t i = 0; i < parts.size(); i += 2) {
      halves.push_back(joined(b, parts[i], parts[i + 1], lanes));
    }
    parts = halves;
  }
  return b.CreateAdd(acc, parts[0]);
}

}  // namespace vta::codegen
