#include <algorithm>
#include <numeric>

#include "vta/quantize/range_rules.h"

namespace vta::quantize {

namespace {
constexpr double kLeftOut = 1e-4;
}

Range percentile_range(const Histogram& histogram) {
  const auto& counts = histogram.counts;
  const double allowed =
      kLeftOut * static_cast<double>(std::accumulate(counts.begin(), counts.end(), uint64_t{0}));
  size_t first = 0, end = counts.size();
  for (double seen = 0; first + 1 < end; ++first) {
    seen += static_cast<double>(counts[first]);
    if (seen > allowed) break;
  }
  for (double seen = 0; end > first + 1; --end) {
    seen += static_cast<double>(counts[end - 1]);
    if (seen > allowed) break;
  }
  const auto edge = [&](size_t bin) {
    return histogram.range.min + static_cast<double>(bin) * histogram.width();
  };
  const Range& all = histogram.range;
  return {.min = first == 0 ? all.min : std::min(edge(first), 0.0),
          .max = end == counts.size() ? all.max : std::max(edge(end), 0.0)};
}

}  // namespace vta::quantize
