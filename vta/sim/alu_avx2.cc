// The vector ALU with AVX2, eight lanes at a time. Its meaning is isa::alu and vta::requantize.
#include <immintrin.h>

#include "vta/sim/kernels.h"

namespace vta::sim {

namespace {

using hw::AluOp;
using Vector = __m256i;

constexpr size_t kVectorLanes = 8;

Vector load(const int32_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const Vector*>(from));
}
void store(int32_t* to, Vector x) {
  _mm256_storeu_si256(reinterpret_cast<Vector*>(to), x);
}
Vector all(int32_t x) {
  return _mm256_set1_epi32(x);
}
Vector negate(Vector x) {
  return _mm256_sub_epi32(_mm256_setzero_si256(), x);
}
// Where mask is all ones, a; else b.
Vector select(Vector mask, Vector a, Vector b) {
  return _mm256_blendv_epi8(b, a, mask);
}

// Variable shifts take the count as unsigned: 32 and more, and so -(-2^31), already give the limit.
Vector shift_right(Vector x, Vector amount) {
  const Vector is_left = _mm256_srai_epi32(amount, 31);
  return select(is_left, _mm256_sllv_epi32(x, negate(amount)), _mm256_srav_epi32(x, amount));
}

template <AluOp kOp>
Vector apply(Vector x, Vector y) {
  if constexpr (kOp == AluOp::kMin) return _mm256_min_epi32(x, y);
  if constexpr (kOp == AluOp::kMax) return _mm256_max_epi32(x, y);
  if constexpr (kOp == AluOp::kAdd) return _mm256_add_epi32(x, y);
  if constexpr (kOp == AluOp::kShr) return shift_right(x, y);
  if constexpr (kOp == AluOp::kMul) return _mm256_mullo_epi32(x, y);
}

template <AluOp kOp>
void apply_all(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count) {
  const Vector imm = all(call.imm);
  for (size_t e = 0; e < count; ++e) {
    int32_t* x = acc + elements[e].dst * call.lanes;
    const int32_t* y = acc + (call.use_imm ? 0 : elements[e].src * call.lanes);
    for (size_t lane = 0; lane < call.lanes; lane += kVectorLanes) {
      store(x + lane, apply<kOp>(load(x + lane), call.use_imm ? imm : load(y + lane)));
    }
  }
}

// The truncating division of saturating_rounding_doubling_high_mul, with its nudge, is the floor of
// (ab + 2^30) / 2^31 for either sign of ab.
Vector doubling_high_mul(Vector a, Vector b) {
  const Vector half = _mm256_set1_epi64x(int64_t{1} << 30);
  const Vector even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
  const Vector odd =
      _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32)), half);
  const Vector high =
      _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0b10101010);
  const Vector min = all(INT32_MIN);
  const Vector overflows = _mm256_and_si256(_mm256_cmpeq_epi32(a, min), _mm256_cmpeq_epi32(b, min));
  return select(overflows, all(INT32_MAX), high);
}

// rounding_divide_by_power_of_two; exponents from 0 to 32. The remainder is compared as unsigned,
// because at 32 it takes all bits.
Vector rounding_divide(Vector x, Vector exponent) {
  const Vector mask = _mm256_sub_epi32(_mm256_sllv_epi32(all(1), exponent), all(1));
  const Vector remainder = _mm256_and_si256(x, mask);
  const Vector threshold = _mm256_add_epi32(_mm256_srli_epi32(mask, 1), _mm256_srli_epi32(x, 31));
  const Vector sign = all(INT32_MIN);
  const Vector rounds_up =
      _mm256_cmpgt_epi32(_mm256_xor_si256(remainder, sign), _mm256_xor_si256(threshold, sign));
  return _mm256_sub_epi32(_mm256_srav_epi32(x, exponent), rounds_up);
}

// The signed byte at bits [lsb, lsb + 8).
template <int kLsb>
Vector signed_byte(Vector word) {
  return _mm256_srai_epi32(_mm256_slli_epi32(word, 24 - kLsb), 24);
}

Vector requantize(Vector x, Vector bias, Vector factor, Vector packed) {
  const Vector zero = _mm256_setzero_si256();
  const Vector shift = _mm256_srai_epi32(_mm256_slli_epi32(packed, 26), 26);
  const Vector left = _mm256_max_epi32(shift, zero);
  const Vector right = _mm256_max_epi32(negate(shift), zero);
  const Vector shifted = _mm256_sllv_epi32(_mm256_add_epi32(x, bias), left);
  const Vector scaled = rounding_divide(doubling_high_mul(shifted, factor), right);
  const Vector moved = _mm256_add_epi32(scaled, signed_byte<8>(packed));
  const Vector low = signed_byte<16>(packed);
  const Vector high = signed_byte<24>(packed);
  // The minimum wins where a record has it above the maximum.
  const Vector clipped = select(_mm256_cmpgt_epi32(low, moved), low, _mm256_min_epi32(moved, high));
  const Vector is_wide = _mm256_srai_epi32(_mm256_slli_epi32(packed, 24), 31);
  return select(is_wide, moved, clipped);
}

void requantize_all(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count) {
  for (size_t e = 0; e < count; ++e) {
    int32_t* x = acc + elements[e].dst * call.lanes;
    const int32_t* record = acc + elements[e].src * call.lanes;
    for (size_t lane = 0; lane < call.lanes; lane += kVectorLanes) {
      store(x + lane,
            requantize(load(x + lane), load(record + lane), load(record + call.lanes + lane),
                       load(record + 2 * call.lanes + lane)));
    }
  }
}

}  // namespace

void alu_avx2(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count) {
  switch (call.op) {
    case AluOp::kMin:
      return apply_all<AluOp::kMin>(call, acc, elements, count);
    case AluOp::kMax:
      return apply_all<AluOp::kMax>(call, acc, elements, count);
    case AluOp::kAdd:
      return apply_all<AluOp::kAdd>(call, acc, elements, count);
    case AluOp::kShr:
      return apply_all<AluOp::kShr>(call, acc, elements, count);
    case AluOp::kMul:
      return apply_all<AluOp::kMul>(call, acc, elements, count);
    case AluOp::kRequantise:
      return requantize_all(call, acc, elements, count);
  }
}

}  // namespace vta::sim
