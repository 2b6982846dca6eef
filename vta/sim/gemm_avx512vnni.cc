// GEMM with VPDPBUSD: four unsigned 8-bit inputs, broadcast, times four signed 8-bit weights.
// Inputs are packed as x + 128, so each sum begins at -128 times the sum of the lane's weights. A
// chunk of weights is [depth / 4][16 lanes][4], then the 16 beginnings of 32 bits.
//
// VTA_SIMDE compiles the file against SIMDe, so that it runs, slowly, on CPUs without AVX-512.
#ifdef VTA_SIMDE
#include <simde/x86/avx512.h>
#else
#include <immintrin.h>
#endif

#include "vta/sim/kernels.h"

namespace vta::sim {

namespace {

size_t weight_chunk_bytes(size_t depth) {
  return (depth + sizeof(int32_t)) * kChunkLanes;
}

void pack_inputs(const int8_t* scalars, size_t count, void* packed) {
  auto* out = static_cast<uint8_t*>(packed);
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<uint8_t>(scalars[i] ^ 0x80);
}

void pack_weights(const int8_t* weights, size_t depth, void* packed) {
  auto* out = static_cast<int8_t*>(packed);
  for (size_t lane = 0; lane < kChunkLanes; ++lane) {
    for (size_t k = 0; k < depth; k += 4) {
      __builtin_memcpy(out + (k / 4 * kChunkLanes + lane) * 4, weights + lane * depth + k, 4);
    }
  }
  __m512i sums = _mm512_setzero_si512();
  for (size_t k = 0; k < depth; k += 4) {
    sums =
        _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), _mm512_loadu_si512(out + k * kChunkLanes));
  }
  _mm512_storeu_si512(out + depth * kChunkLanes, _mm512_mullo_epi32(sums, _mm512_set1_epi32(-128)));
}

__m512i broadcast_four(const uint8_t* from) {
  int32_t four;
  __builtin_memcpy(&four, from, sizeof(four));
  return _mm512_set1_epi32(four);
}

// One row's dot products. They are added to memory in the end, row by row, so rows may have the
// same dst.
struct RowSums {
  const uint8_t* inp;
  __m512i sums;

  void multiply(size_t k, __m512i wgt) {
    sums = _mm512_dpbusd_epi32(sums, broadcast_four(inp + k), wgt);
  }
  void add_to(int32_t* acc) const {
    _mm512_storeu_si512(acc, _mm512_add_epi32(_mm512_loadu_si512(acc), sums));
  }
};

void accumulate_four(const uint8_t* wgt, size_t depth, const uint8_t* inp, int32_t* acc,
                     size_t acc_stride, const DstSrc* rows) {
  const __m512i beginning = _mm512_loadu_si512(wgt + depth * kChunkLanes);
  RowSums a{inp + rows[0].src * depth, beginning};
  RowSums b{inp + rows[1].src * depth, beginning};
  RowSums c{inp + rows[2].src * depth, beginning};
  RowSums d{inp + rows[3].src * depth, beginning};
  for (size_t k = 0; k < depth; k += 4) {
    const __m512i weights = _mm512_loadu_si512(wgt + k * kChunkLanes);
    a.multiply(k, weights);
    b.multiply(k, weights);
    c.multiply(k, weights);
    d.multiply(k, weights);
  }
  a.add_to(acc + rows[0].dst * acc_stride);
  b.add_to(acc + rows[1].dst * acc_stride);
  c.add_to(acc + rows[2].dst * acc_stride);
  d.add_to(acc + rows[3].dst * acc_stride);
}

void accumulate_one(const uint8_t* wgt, size_t depth, const uint8_t* inp, int32_t* acc,
                    size_t acc_stride, const DstSrc& row) {
  RowSums sums{inp + row.src * depth, _mm512_loadu_si512(wgt + depth * kChunkLanes)};
  for (size_t k = 0; k < depth; k += 4) {
    sums.multiply(k, _mm512_loadu_si512(wgt + k * kChunkLanes));
  }
  sums.add_to(acc + row.dst * acc_stride);
}

void accumulate(const GemmShape& shape, const void* wgt, const void* inp, int32_t* acc,
                const DstSrc* rows, size_t count) {
  const auto* inputs = static_cast<const uint8_t*>(inp);
  for (size_t chunk = 0; chunk < shape.chunks; ++chunk) {
    const auto* weights =
        static_cast<const uint8_t*>(wgt) + chunk * weight_chunk_bytes(shape.depth);
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

#ifdef VTA_SIMDE
extern const Kernels kAvx512VnniSimdeKernels;
const Kernels kAvx512VnniSimdeKernels = {
#else
const Kernels kAvx512VnniKernels = {
#endif
    .input_scalar_bytes = 1,
    .input_zero_byte = 0x80,
    .weight_chunk_bytes = weight_chunk_bytes,
    .pack_inputs = pack_inputs,
    .pack_weights = pack_weights,
    .accumulate = accumulate,
#ifdef VTA_SIMDE
    .alu = alu_portable,
#else
    .alu = alu_avx2,
#endif
};

}  // namespace vta::sim
