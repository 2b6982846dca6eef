// GEMM with VPMADDWD: pairs of 16-bit inputs, broadcast, times pairs of 16-bit weights. A chunk of
// weights is [depth / 2][16 lanes][2]. Four rows share each load of weights.
#include <immintrin.h>

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
  auto* out = static_cast<int16_t*>(packed);
  for (size_t lane = 0; lane < kChunkLanes; ++lane) {
    for (size_t k = 0; k < depth; k += 2) {
      int16_t* pair = out + (k / 2 * kChunkLanes + lane) * 2;
      pair[0] = weights[lane * depth + k];
      pair[1] = weights[lane * depth + k + 1];
    }
  }
}

__m256i load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

__m256i broadcast_pair(const int16_t* from) {
  int32_t pair;
  __builtin_memcpy(&pair, from, sizeof(pair));
  return _mm256_set1_epi32(pair);
}

// kDepth is the depth where it is known when compiling, else 0. Sums start at zero and are added to
// memory row by row in the end, so rows may have the same dst.
template <size_t kRows, size_t kDepth>
void accumulate_rows(const GemmShape& shape, const int16_t* wgt, const int16_t* inp, int32_t* acc,
                     const DstSrc* rows) {
  const size_t depth = kDepth == 0 ? shape.depth : kDepth;
  const int16_t* inputs[kRows];
  __m256i low[kRows];
  __m256i high[kRows];
  for (size_t r = 0; r < kRows; ++r) {
    inputs[r] = inp + rows[r].src * depth;
    low[r] = high[r] = _mm256_setzero_si256();
  }
  for (size_t k = 0; k < depth; k += 2) {
    const __m256i wgt_low = load(wgt + k * kChunkLanes);
    const __m256i wgt_high = load(wgt + (k + 1) * kChunkLanes);
    for (size_t r = 0; r < kRows; ++r) {
      const __m256i x = broadcast_pair(inputs[r] + k);
      low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(x, wgt_low));
      high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(x, wgt_high));
    }
  }
  for (size_t r = 0; r < kRows; ++r) {
    auto* out = reinterpret_cast<__m256i*>(acc + rows[r].dst * shape.chunks * kChunkLanes);
    _mm256_storeu_si256(out, _mm256_add_epi32(load(out), low[r]));
    _mm256_storeu_si256(out + 1, _mm256_add_epi32(load(out + 1), high[r]));
  }
}

template <size_t kDepth>
void accumulate_depth(const GemmShape& shape, const int16_t* wgt, const int16_t* inp, int32_t* acc,
                      const DstSrc* rows, size_t count) {
  for (size_t chunk = 0; chunk < shape.chunks; ++chunk) {
    const int16_t* weights = wgt + chunk * shape.depth * kChunkLanes;
    int32_t* lanes = acc + chunk * kChunkLanes;
    size_t r = 0;
    for (; r + 4 <= count; r += 4) {
      accumulate_rows<4, kDepth>(shape, weights, inp, lanes, rows + r);
    }
    for (; r < count; ++r) accumulate_rows<1, kDepth>(shape, weights, inp, lanes, rows + r);
  }
}

void accumulate(const GemmShape& shape, const void* wgt, const void* inp, int32_t* acc,
                const DstSrc* rows, size_t count) {
  const auto* weights = static_cast<const int16_t*>(wgt);
  const auto* inputs = static_cast<const int16_t*>(inp);
  if (shape.depth == 16) {
    accumulate_depth<16>(shape, weights, inputs, acc, rows, count);
  } else {
    accumulate_depth<0>(shape, weights, inputs, acc, rows, count);
  }
}

}  // namespace

const Kernels kAvx2Kernels = {.input_scalar_bytes = sizeof(int16_t),
                              .input_zero_byte = 0,
                              .weight_chunk_bytes = weight_chunk_bytes,
                              .pack_inputs = pack_inputs,
                              .pack_weights = pack_weights,
                              .accumulate = accumulate,
                              .alu = alu_avx2};

}  // namespace vta::sim
