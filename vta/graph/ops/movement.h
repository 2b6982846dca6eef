// Moving elements without looking at them: works for every element type.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "vta/base/tensor.h"

namespace vta::graph {

// Strides in elements of a dense row-major tensor.
std::vector<int64_t> row_major_strides(const Shape& shape);

// Calls body(i, offsets) for each element i of a row-major tensor of `shape`, in order; offsets[k]
// is the sum over the dimensions of index times strides[k].
template <size_t N, typename Body>
void strided_loop(const Shape& shape, const std::array<std::vector<int64_t>, N>& strides,
                  Body&& body) {
  const int64_t count = element_count(shape);
  if (count == 0) return;
  const size_t rank = shape.size();
  const int64_t inner = rank == 0 ? 1 : shape[rank - 1];
  std::vector<int64_t> index(rank, 0);
  std::array<int64_t, N> start{};
  for (int64_t i = 0; i < count;) {
    std::array<int64_t, N> offsets = start;
    for (int64_t j = 0; j < inner; ++j, ++i) {
      body(i, offsets);
      if (rank == 0) continue;
      for (size_t k = 0; k < N; ++k) offsets[k] += strides[k][rank - 1];
    }
    for (size_t d = rank < 2 ? 0 : rank - 1; d-- > 0;) {
      for (size_t k = 0; k < N; ++k) start[k] += strides[k][d];
      if (++index[d] < shape[d]) break;
      for (size_t k = 0; k < N; ++k) start[k] -= strides[k][d] * shape[d];
      index[d] = 0;
    }
  }
}

// result[i0, i1, …] = from.flat[offset + i0 * strides[0] + i1 * strides[1] + …]; the caller answers
// for every index being inside.
Tensor strided(const Tensor& from, Shape shape, std::vector<int64_t> strides, int64_t offset = 0);

// [groups * A][B][KH][KW] to [groups * B][A][KH][KW]: from a transposed convolution's weights to
// those of a convolution with the same groups, or back.
Tensor exchange_channels(const Tensor& weights, int64_t groups);

// result[i0, i1, …] of the given shape = from[map(0, i0), map(1, i1), …], or `fill` (one element of
// the same type) where a map says kFill. Both have the same rank.
inline constexpr int64_t kFill = -1;
Tensor indexed(const Tensor& from, Shape shape,
               const std::function<int64_t(size_t axis, int64_t index)>& map,
               const Tensor* fill = nullptr);

}  // namespace vta::graph
