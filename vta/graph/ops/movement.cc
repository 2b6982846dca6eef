#include "vta/graph/ops/movement.h"

#include <algorithm>
#include <cstring>

namespace vta::graph {

std::vector<int64_t> row_major_strides(const Shape& shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

Tensor strided(const Tensor& from, Shape shape, std::vector<int64_t> strides, int64_t offset) {
  Tensor result(from.dtype(), std::move(shape));
  const size_t width = dtype_bytes(from.dtype());
  const uint8_t* const source = from.bytes().data();
  uint8_t* const target = result.bytes().data();
  strided_loop<1>(result.shape(), {std::move(strides)}, [&](int64_t i, const auto& offsets) {
    std::memcpy(target + i * width, source + (offset + offsets[0]) * width, width);
  });
  return result;
}

Tensor exchange_channels(const Tensor& weights, int64_t groups) {
  const Shape& shape = weights.shape();
  const int64_t a = shape[0] / groups, b = shape[1], taps = shape[2] * shape[3];
  return strided(weights, {groups, b, a, taps}, {a * b * taps, taps, b * taps, 1})
      .reshaped({groups * b, a, shape[2], shape[3]});
}

Tensor indexed(const Tensor& from, Shape shape,
               const std::function<int64_t(size_t axis, int64_t index)>& map, const Tensor* fill) {
  Tensor result(from.dtype(), std::move(shape));
  if (result.size() == 0) return result;
  const size_t rank = result.shape().size();
  std::vector<std::vector<int64_t>> maps(rank);
  for (size_t d = 0; d < rank; ++d) {
    for (int64_t i = 0; i < result.shape()[d]; ++i) maps[d].push_back(map(d, i));
  }
  const std::vector<int64_t> strides = row_major_strides(from.shape());
  const size_t width = dtype_bytes(from.dtype());
  uint8_t* target = result.bytes().data();
  std::vector<size_t> index(rank, 0);
  for (int64_t i = 0; i < result.size(); ++i, target += width) {
    int64_t offset = 0;
    for (size_t d = 0; d < rank && offset != kFill; ++d) {
      const int64_t position = maps[d][index[d]];
      offset = position == kFill ? kFill : offset + position * strides[d];
    }
    const bool outside = offset == kFill;
    std::memcpy(target, outside ? fill->bytes().data() : from.bytes().data() + offset * width,
                width);
    for (size_t d = rank; d-- > 0 && ++index[d] == maps[d].size();) index[d] = 0;
  }
  return result;
}

}  // namespace vta::graph
