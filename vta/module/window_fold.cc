#include "vta/module/window_fold.h"

#include <algorithm>
#include <string_view>

#include "vta/base/error.h"

namespace vta::module {

namespace {

constexpr int kLargest = 255;

void check(std::string_view axis, std::string_view name, int64_t value, int64_t least,
           int64_t most) {
  require(value >= least && value <= most, "folded windows: {}{} is {}, must be from {} to {}", axis,
          name, value, least, most);
}

void check(std::string_view name, const FoldedAxis& axis, int64_t size) {
  check(name, ".kernel", axis.kernel, 1, kLargest);
  check(name, ".stride", axis.stride, 1, kLargest);
  check(name, ".dilation", axis.dilation, 1, kLargest);
  check(name, ".pad", axis.pad, 0, kLargest);
  check(name, ".out", axis.out, 1, size + 2 * kLargest);
}

int64_t position(const FoldedAxis& axis, int64_t out, int64_t tap) {
  return out * axis.stride + tap * axis.dilation - axis.pad;
}

// One output row: tap k of each window of `row`, or of nothing where the row lies outside.
int8_t* fold_row(const int8_t* row, int64_t size, const FoldedAxis& columns, int64_t k,
                 int8_t outside, int8_t* to) {
  if (row == nullptr) return std::fill_n(to, columns.out, outside);
  for (int64_t v = 0; v < columns.out; ++v) {
    const int64_t at = position(columns, v, k);
    *to++ = at >= 0 && at < size ? row[at] : outside;
  }
  return to;
}

}  // namespace

Shape folded_shape(const Shape& x, const WindowFold& fold) {
  require(x.size() == 4, "folded windows: the tensor has shape {}, must have 4 dimensions",
          to_string(x));
  check("rows", fold.rows, x[2]);
  check("columns", fold.columns, x[3]);
  check("", "outside", fold.outside, INT8_MIN, INT8_MAX);
  return {x[0], fold.rows.kernel * fold.columns.kernel * x[1], fold.rows.out, fold.columns.out};
}

Tensor fold_windows(const Tensor& x, const WindowFold& fold) {
  require(x.dtype() == DType::kInt8, "folded windows: the tensor is {}, must be i8",
          dtype_name(x.dtype()));
  Tensor y(DType::kInt8, folded_shape(x.shape(), fold));
  const int64_t channels = x.shape()[1], height = x.shape()[2], width = x.shape()[3];
  const int8_t* image = x.as<int8_t>().data();
  int8_t* to = y.as<int8_t>().data();
  for (int64_t n = 0; n < x.shape()[0]; ++n, image += channels * height * width) {
    for (int64_t j = 0; j < fold.rows.kernel; ++j) {
      for (int64_t k = 0; k < fold.columns.kernel; ++k) {
        for (int64_t c = 0; c < channels; ++c) {
          for (int64_t u = 0; u < fold.rows.out; ++u) {
            const int64_t at = position(fold.rows, u, j);
            const bool inside = at >= 0 && at < height;
            to = fold_row(inside ? image + (c * height + at) * width : nullptr, width, fold.columns,
                          k, static_cast<int8_t>(fold.outside), to);
          }
        }
      }
    }
  }
  return y;
}

}  // namespace vta::module
