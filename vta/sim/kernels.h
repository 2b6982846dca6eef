// The inner loops of the fast functional simulator, one table of functions for each SIMD level. The
// files that define them are compiled with their own -m flags, so they and this header use nothing
// inline from elsewhere that the linker could pick for the rest of the program.
//
// Scratchpads in the kernels' layout:
//   acc  rows of 32-bit lanes, block_out padded with don't-care lanes to whole chunks of 16
//   inp  rows of block_in scalars, padded with don't-care scalars to a multiple of 4
//   wgt  for each chunk of 16 lanes an opaque block of weight_chunk_bytes; padding has weight 0
// An element of acc or inp is `batch` rows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vta/hw/config.h"
#include "vta/sim/simulator.h"

namespace vta::sim {

inline constexpr size_t kChunkLanes = 16;

// GEMM: numbers of an acc and an inp row. ALU: numbers of two acc elements.
struct DstSrc {
  uint32_t dst;
  uint32_t src;
};

struct GemmShape {
  size_t depth;   // block_in, padded
  size_t chunks;  // of 16 lanes
};

struct AluCall {
  hw::AluOp op;
  bool use_imm;
  int32_t imm;
  size_t lanes;  // of an element
};

struct Kernels {
  size_t input_scalar_bytes;
  uint8_t input_zero_byte;  // what a packed 0 consists of
  size_t (*weight_chunk_bytes)(size_t depth);

  void (*pack_inputs)(const int8_t* scalars, size_t count, void* packed);
  // One chunk: `weights` is 16 x depth, row-major.
  void (*pack_weights)(const int8_t* weights, size_t depth, void* packed);
  // For each pair in turn: acc row dst += inp row src times the weight tile at `wgt`.
  void (*accumulate)(const GemmShape& shape, const void* wgt, const void* inp, int32_t* acc,
                     const DstSrc* rows, size_t count);
  // For each pair in turn, lane by lane: acc[dst] = op(acc[dst], imm or acc[src]).
  void (*alu)(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count);
};

// Whether this CPU executes the level's instructions, and whether they were compiled in.
bool is_available(SimdLevel level);
// Throws Error when the level is not available.
const Kernels& kernels_of(SimdLevel level);

void alu_portable(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count);
void alu_avx2(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count);

extern const Kernels kPortableKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512VnniKernels;

}  // namespace vta::sim
