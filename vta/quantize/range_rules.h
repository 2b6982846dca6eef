// From the distribution of a value to the range that its 256 steps cover: each rule is one file.
// What lies outside is clipped; the ranges contain 0.
#pragma once

#include <array>
#include <string_view>

#include "vta/quantize/histogram.h"

namespace vta::quantize {

// All that was seen.
Range min_max_range(const Histogram& histogram);
// All but 0.01 % of the values on either side.
Range percentile_range(const Histogram& histogram);
// That with the least mean squared error, of rounding and of clipping.
Range mse_range(const Histogram& histogram);
// That whose 256 steps keep the distribution best, by the Kullback-Leibler divergence.
Range entropy_range(const Histogram& histogram);

struct RangeRule {
  std::string_view name;
  Range (*range)(const Histogram&);
};
inline constexpr std::array<RangeRule, 4> kRangeRules = {{{"min-max", min_max_range},
                                                          {"percentile", percentile_range},
                                                          {"mse", mse_range},
                                                          {"entropy", entropy_range}}};

// By ValueId.
std::vector<Range> ranges_by(const RangeRule& rule, const std::vector<Histogram>& histograms);

}  // namespace vta::quantize
