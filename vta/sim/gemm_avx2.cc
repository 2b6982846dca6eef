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

// Byte orders for two lanes of pair_of; the high bit gives zeros. The next two lanes' bytes are
// eight further on.
constexpr int64_t kFirstPair = 0x0580'0480'0180'0080;
constexpr int64_t kLastPair = 0x0780'0680'0380'0280;
constexpr int64_t kTwoLanesOn = 0x0800'0800'0800'0800;

__m256i load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

void store(void* to, __m256i x) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), x);
}

// A vector of four scalars for each of eight lanes, to pairs of 16 bits: a byte shuffled into the
// upper half of 16 bits, then shifted down, is sign-extended.
__m256i pair_of(__m256i quads, int64_t shuffle_of_two_lanes) {
  const __m256i order = _mm256_set_epi64x(shuffle_of_two_lanes + kTwoLanesOn, shuffle_of_two_lanes,
                                          shuffle_of_two_lanes + kTwoLanesOn, shuffle_of_two_lanes);
  return _mm256_srai_epi16(_mm256_shuffle_epi8(quads, order), 8);
}

void pack_weights(const int8_t* weights, size_t depth, void* packed) {
  constexpr size_t kHalfLanes = kChunkLanes / 2;
  auto* out = static_cast<int16_t*>(packed);
  const auto stride = static_cast<int32_t>(depth);
  const __m256i offsets =
      _mm256_mullo_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32(stride));
  for (size_t k = 0; k < depth; k += 4) {
    for (size_t half = 0; half < 2; ++half) {
      const int8_t* from = weights + half * kHalfLanes * depth + k;
      const __m256i quads = _mm256_i32gather_epi32(reinterpret_cast<const int*>(from), offsets, 1);
      int16_t* to = out + k * kChunkLanes + half * kChunkLanes;
      store(to, pair_of(quads, kFirstPair));
      store(to + 2 * kChunkLanes, pair_of(quads, kLastPair));
    }
  }
}

__m256i broadcast_pair(const int16_t* from) {
  int32_t pair;
  __builtin_memcpy(&pair, from, sizeof(pair));
  return _mm256_set1_epi32(pair);
}

// One row's dot products. They start at zero and are added to memory in the end, row by row, so
// rows may have the same dst.
struct RowSums {
  const int16_t* inp;
  __m256i low = _mm256_setzero_si256();
  __m256i high = _mm256_setzero_si256();

  void multiply(size_t k, __m256i wgt_low, __m256i wgt_high) {
    const __m256i x = broadcast_pair(inp + k);
    low = _mm256_add_epi32(low, _mm256_madd_epi16(x, wgt_low));
    high = _mm256_add_epi32(high, _mm256_madd_epi16(x, wgt_high));
  }
  void add_to(int32_t* acc) const {
    auto* out = reinterpret_cast<__m256i*>(acc);
    _mm256_storeu_si256(out, _mm256_add_epi32(load(out), low));
    _mm256_storeu_si256(out + 1, _mm256_add_epi32(load(out + 1), high));
  }
};

void accumulate_four(const int16_t* wgt, size_t depth, const int16_t* inp, int32_t* acc,
                     size_t acc_stride, const DstSrc* rows) {
  RowSums a{inp + rows[0].src * depth};
  RowSums b{inp + rows[1].src * depth};
  RowSums c{inp + rows[2].src * depth};
  RowSums d{inp + rows[3].src * depth};
  for (size_t k = 0; k < depth; k += 2) {
    const __m256i wgt_low = load(wgt + k * kChunkLanes);
    const __m256i wgt_high = load(wgt + (k + 1) * kChunkLanes);
    a.multiply(k, wgt_low, wgt_high);
    b.multiply(k, wgt_low, wgt_high);
    c.multiply(k, wgt_low, wgt_high);
    d.multiply(k, wgt_low, wgt_high);
  }
  a.add_to(acc + rows[0].dst * acc_stride);
  b.add_to(acc + rows[1].dst * acc_stride);
  c.add_to(acc + rows[2].dst * acc_stride);
  d.add_to(acc + rows[3].dst * acc_stride);
}

void accumulate_one(const int16_t* wgt, size_t depth, const int16_t* inp, int32_t* acc,
                    size_t acc_stride, const DstSrc& row) {
  RowSums sums{inp + row.src * depth};
  for (size_t k = 0; k < depth; k += 2) {
    sums.multiply(k, load(wgt + k * kChunkLanes), load(wgt + (k + 1) * kChunkLanes));
  }
  sums.add_to(acc + row.dst * acc_stride);
}

void accumulate(const GemmShape& shape, const void* wgt, const void* inp, int32_t* acc,
                const DstSrc* rows, size_t count) {
  const auto* inputs = static_cast<const int16_t*>(inp);
  for (size_t chunk = 0; chunk < shape.chunks; ++chunk) {
    const auto* weights = static_cast<const int16_t*>(wgt) + chunk * shape.depth * kChunkLanes;
    int32_t* lanes = acc + chunk * kChunkLanes;
    const size_t stride = shape.chunks * kChunkLanes;
    size_t r = 0;
    for (; r + 4 <= count; r += 4) {
      accumulate_four(weights, shape.depth, inputs, lanes, stride, rows + r);
    }
    for (; r < count; ++r) {
      accumulate_one(weights, shape.depth, inputs, lanes, stride, rows[r]);
    }
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
