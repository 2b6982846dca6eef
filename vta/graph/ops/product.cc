#include "vta/graph/ops/product.h"

namespace vta::graph {
namespace {

constexpr int64_t kBlockColumns = 4;
constexpr int64_t kBlockDepth = 512;  // a slice of b that stays in the second-level cache

// Adds a[Rows][depth] * b[depth][kBlockColumns] to sums; small enough to stay in registers.
template <int64_t Rows>
void add_block(const double* a, int64_t a_pitch, const double* b, int64_t depth, double* sums) {
  double block[Rows][kBlockColumns];
  for (int64_t r = 0; r < Rows; ++r) {
    for (int64_t t = 0; t < kBlockColumns; ++t) block[r][t] = sums[r * kTileColumns + t];
  }
  for (int64_t d = 0; d < depth; ++d) {
    const double* row = b + d * kTileColumns;
    for (int64_t r = 0; r < Rows; ++r) {
      const double factor = a[r * a_pitch + d];
      for (int64_t t = 0; t < kBlockColumns; ++t) block[r][t] += factor * row[t];
    }
  }
  for (int64_t r = 0; r < Rows; ++r) {
    for (int64_t t = 0; t < kBlockColumns; ++t) sums[r * kTileColumns + t] = block[r][t];
  }
}

template <int64_t Rows>
void add_rows(const double* a, int64_t a_pitch, const double* b, int64_t depth, double* sums) {
  for (int64_t t = 0; t < kTileColumns; t += kBlockColumns) {
    add_block<Rows>(a, a_pitch, b + t, depth, sums + t);
  }
}

}  // namespace

void multiply_tile(std::span<const double> a, std::span<const double> b, int64_t rows,
                   int64_t depth, std::span<double> sums) {
  std::fill(sums.begin(), sums.end(), 0.0);
  for (int64_t d = 0; d < depth; d += kBlockDepth) {
    const int64_t slice = std::min(kBlockDepth, depth - d);
    const double* b_slice = b.data() + d * kTileColumns;
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
      add_rows<4>(a.data() + r * depth + d, depth, b_slice, slice, sums.data() + r * kTileColumns);
    }
    for (; r < rows; ++r) {
      add_rows<1>(a.data() + r * depth + d, depth, b_slice, slice, sums.data() + r * kTileColumns);
    }
  }
}

}  // namespace vta::graph
