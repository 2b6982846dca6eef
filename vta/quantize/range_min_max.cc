#include "vta/quantize/range_rules.h"

namespace vta::quantize {

Range min_max_range(const Histogram& histogram) {
  return histogram.range;
}

std::vector<Range> ranges_by(const RangeRule& rule, const std::vector<Histogram>& histograms) {
  std::vector<Range> ranges;
  for (const Histogram& histogram : histograms) {
    ranges.push_back(histogram.counts.empty() ? histogram.range : rule.range(histogram));
  }
  return ranges;
}

}  // namespace vta::quantize
