#include "vta/graph/ops/broadcast.h"

namespace vta::graph {

Shape broadcast_shapes(const Shape& a, const Shape& b) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape result = longer;
  const size_t offset = longer.size() - shorter.size();
  for (size_t i = 0; i < shorter.size(); ++i) {
    int64_t& dim = result[offset + i];
    require(dim == shorter[i] || dim == 1 || shorter[i] == 1,
            "shapes {} and {} do not broadcast: dimensions must be equal or 1", to_string(a),
            to_string(b));
    if (dim == 1) dim = shorter[i];
  }
  return result;
}

std::vector<int64_t> broadcast_strides(const Shape& from, const Shape& to) {
  require(from.size() <= to.size(), "shape {} does not broadcast to {}", to_string(from),
          to_string(to));
  std::vector<int64_t> strides(to.size(), 0);
  const size_t offset = to.size() - from.size();
  int64_t stride = 1;
  for (size_t i = from.size(); i-- > 0;) {
    require(from[i] == to[offset + i] || from[i] == 1, "shape {} does not broadcast to {}",
            to_string(from), to_string(to));
    if (from[i] != 1) strides[offset + i] = stride;
    stride *= from[i];
  }
  return strides;
}

}  // namespace vta::graph
