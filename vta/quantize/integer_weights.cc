#include "vta/quantize/integer_weights.h"

#include <algorithm>
#include <cmath>

namespace vta::quantize {

IntegerWeights round_to_nearest(const Tensor& rows, int bits,
                                const std::vector<double>& least_scales) {
  const double limit = weight_limit(bits);
  const auto channels = static_cast<size_t>(rows.shape()[0]);
  IntegerWeights result{.values = Tensor(DType::kInt8, rows.shape()), .scales = {}};
  if (channels == 0) return result;
  const size_t depth = static_cast<size_t>(rows.size()) / channels;
  for (size_t c = 0; c < channels; ++c) {
    const auto row = rows.as<float>().subspan(c * depth, depth);
    double largest = 0;
    for (const float value : row) largest = std::max(largest, std::fabs(double{value}));
    double scale = largest / limit;
    if (!least_scales.empty()) scale = std::max(scale, least_scales[c]);
    if (scale == 0) scale = 1;
    for (size_t i = 0; i < depth; ++i) {
      const double q = std::clamp(std::nearbyint(row[i] / scale), -limit, limit);
      result.values.as<int8_t>()[c * depth + i] = static_cast<int8_t>(q);
    }
    result.scales.push_back(scale);
  }
  return result;
}

}  // namespace vta::quantize
