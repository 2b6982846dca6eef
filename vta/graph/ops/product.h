// The matrix product under convolution, gemm and matmul, float and integer.
//
// Products are formed and added in double, for each element in order of depth: sums of products of
// floats are rounded only beyond float's precision, and sums of products of integers are exact as
// long as they stay below 2^53, so that one routine serves both.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <cstdint>

namespace vta::graph {

inline constexpr int64_t kTileColumns = 32;

// sums[r][t] = sum over d of a[r][d] * b[d][t], for kTileColumns columns t; all row-major.
void multiply_tile(std::span<const double> a, std::span<const double> b, int64_t rows,
                   int64_t depth, std::span<double> sums);

// The product of `a` (rows x depth) and a matrix of `columns` columns, a tile at a time:
// fill(first, count, tile) writes columns first … first + count - 1 to the leading columns of tile
// (depth x kTileColumns), and emit(first, count, sums) takes those of the product (rows x
// kTileColumns).
template <typename Fill, typename Emit>
void multiply_by_tiles(std::span<const double> a, int64_t rows, int64_t depth, int64_t columns,
                       Fill fill, Emit emit) {
  std::vector<double> tile(static_cast<size_t>(depth * kTileColumns));
  std::vector<double> sums(static_cast<size_t>(rows * kTileColumns));
  for (int64_t first = 0; first < columns; first += kTileColumns) {
    const int64_t count = std::min(kTileColumns, columns - first);
    fill(first, count, tile.data());
    multiply_tile(a, tile, rows, depth, sums);
    emit(first, count, sums.data());
  }
}

// The low 32 bits of a sum of integers.
inline int32_t wrap_to_int32(double sum) {
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(sum)));
}

}  // namespace vta::graph
