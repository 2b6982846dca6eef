// GEMM in plain loops. A chunk of weights is [16][depth] of 16 bits: each lane is a dot product of
// 16-bit numbers, which compilers turn into multiply-add instructions wherever there are some.
#include "vta/base/requantize.h"
#include "vta/sim/kernels.h"

namespace vta::sim {

namespace {

size_t weight_chunk_bytes(size_t depth) {
  return depth * kChunkLanes * sizeof(int16_t);
}

void pack_inputs(const int8_t* scalars, size_t count, void* packed) {
  auto* out = static_cast<int16_t*>(packed);
  for (size_t i = 0; i < count; ++i) out[i] = scalars[i];
}

void pack_weights(const int8_t* weights, size_t depth, void* packed) {
  pack_inputs(weights, kChunkLanes * depth, packed);
}

int32_t dot_product(const int16_t* a, const int16_t* b, size_t depth) {
  int32_t sum = 0;  // at most 64 products of 8-bit numbers
  for (size_t k = 0; k < depth; ++k) sum += int32_t{a[k]} * int32_t{b[k]};
  return sum;
}

void accumulate_row(const int16_t* wgt, const int16_t* inp, size_t depth, int32_t* acc) {
  for (size_t lane = 0; lane < kChunkLanes; ++lane) {
    acc[lane] = wrap_add(acc[lane], dot_product(inp, wgt + lane * depth, depth));
  }
}

void accumulate(const GemmShape& shape, const void* wgt, const void* inp, int32_t* acc,
                const DstSrc* rows, size_t count) {
  const auto* weights = static_cast<const int16_t*>(wgt);
  const auto* inputs = static_cast<const int16_t*>(inp);
  for (size_t r = 0; r < count; ++r) {
    for (size_t chunk = 0; chunk < shape.chunks; ++chunk) {
      accumulate_row(weights + chunk * shape.depth * kChunkLanes,
                     inputs + rows[r].src * shape.depth, shape.depth,
                     acc + (rows[r].dst * shape.chunks + chunk) * kChunkLanes);
    }
  }
}

}  // namespace

const Kernels kPortableKernels = {.input_scalar_bytes = sizeof(int16_t),
                                  .input_zero_byte = 0,
                                  .weight_chunk_bytes = weight_chunk_bytes,
                                  .pack_inputs = pack_inputs,
                                  .pack_weights = pack_weights,
                                  .accumulate = accumulate,
                                  .alu = alu_portable};

}  // namespace vta::sim
