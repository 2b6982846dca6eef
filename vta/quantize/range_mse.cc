#include <algorithm>
#include <cmath>

#include "vta/quantize/range_rules.h"

namespace vta::quantize {

namespace {

constexpr double kSteps = 255;
constexpr int kShares = 50;  // of each end that are tried

// Rounding to steps of s costs s^2 / 12 on average, clipping the square of what is cut off.
double squared_error(const Histogram& histogram, const Range& range) {
  const double step = (range.max - range.min) / kSteps;
  const double rounding = step * step / 12;
  double sum = 0;
  for (size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    const double value = histogram.centre(bin);
    const double cut = value - std::clamp(value, range.min, range.max);
    sum += static_cast<double>(histogram.counts[bin]) * (cut == 0 ? rounding : cut * cut);
  }
  return sum;
}

// The best share of one end, with the other as it is.
void improve(const Histogram& histogram, double Range::*end, double seen, Range& best,
             double& least) {
  for (int share = 1; share <= kShares; ++share) {
    Range candidate = best;
    candidate.*end = seen * share / kShares;
    if (candidate.max <= candidate.min) continue;
    const double error = squared_error(histogram, candidate);
    if (error >= least) continue;
    least = error;
    best = candidate;
  }
}

}  // namespace

Range mse_range(const Histogram& histogram) {
  Range best = histogram.range;
  double least = squared_error(histogram, best);
  for (int round = 0; round < 2; ++round) {
    if (histogram.range.max > 0) improve(histogram, &Range::max, histogram.range.max, best, least);
    if (histogram.range.min < 0) improve(histogram, &Range::min, histogram.range.min, best, least);
  }
  return best;
}

}  // namespace vta::quantize
