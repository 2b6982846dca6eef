#include "vta/module/column_fold.h"

#include <string_view>

#include "vta/base/error.h"

namespace vta::module {

namespace {

constexpr int kLargest = 255;

void check(std::string_view name, int64_t value, int64_t least, int64_t most) {
  require(value >= least && value <= most, "folded columns: {} is {}, must be from {} to {}", name,
          value, least, most);
}

}  // namespace

Shape folded_shape(const Shape& x, const ColumnFold& fold) {
  require(x.size() == 4, "folded columns: the tensor has shape {}, must have 4 dimensions",
          to_string(x));
  check("kernel", fold.kernel, 1, kLargest);
  check("stride", fold.stride, 1, kLargest);
  check("dilation", fold.dilation, 1, kLargest);
  check("pad", fold.pad, 0, kLargest);
  check("out", fold.out, 1, x[3] + 2 * kLargest);
  check("outside", fold.outside, INT8_MIN, INT8_MAX);
  return {x[0], fold.kernel * x[1], x[2], fold.out};
}

Tensor fold_columns(const Tensor& x, const ColumnFold& fold) {
  require(x.dtype() == DType::kInt8, "folded columns: the tensor is {}, must be i8",
          dtype_name(x.dtype()));
  Tensor y(DType::kInt8, folded_shape(x.shape(), fold));
  const Shape& shape = x.shape();
  const int8_t* from = x.as<int8_t>().data();
  int8_t* to = y.as<int8_t>().data();
  for (int64_t n = 0; n < shape[0]; ++n) {
    for (int64_t k = 0; k < fold.kernel; ++k) {
      for (int64_t row = 0; row < shape[1] * shape[2]; ++row) {  // of all channels
        const int8_t* columns = from + (n * shape[1] * shape[2] + row) * shape[3];
        for (int64_t v = 0; v < fold.out; ++v) {
          const int64_t at = v * fold.stride + k * fold.dilation - fold.pad;
          *to++ = at >= 0 && at < shape[3] ? columns[at] : static_cast<int8_t>(fold.outside);
        }
      }
    }
  }
  return y;
}

}  // namespace vta::module
