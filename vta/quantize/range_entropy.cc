// As S. Migacz, "8-bit Inference with TensorRT" (2017): a range is good when the distribution,
// rounded to its steps, still tells the values apart as the clipped one does.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "vta/quantize/range_rules.h"

namespace vta::quantize {

namespace {

constexpr size_t kSteps = 256;
constexpr int kShares = 64, kLeastShare = 8;
// With fewer values the counts of single bins are noise, which only the finest steps keep.
constexpr uint64_t kLeastValues = 64 * Histogram::kBins;

// The divergence between bins [first, end) with what lies outside added to the outermost ones, and
// the same bins when each of the steps spreads its count evenly over its bins that are not empty.
double divergence(const std::vector<uint64_t>& counts, size_t first, size_t end) {
  std::vector<double> kept(counts.begin() + static_cast<ptrdiff_t>(first),
                           counts.begin() + static_cast<ptrdiff_t>(end));
  const std::vector<double> inside = kept;
  for (size_t bin = 0; bin < first; ++bin) kept.front() += static_cast<double>(counts[bin]);
  for (size_t bin = end; bin < counts.size(); ++bin)
    kept.back() += static_cast<double>(counts[bin]);

  std::vector<double> rounded(kept.size(), 0.0);
  for (size_t step = 0; step < kSteps; ++step) {
    const size_t from = step * kept.size() / kSteps, to = (step + 1) * kept.size() / kSteps;
    double sum = 0, occupied = 0;
    for (size_t bin = from; bin < to; ++bin) {
      sum += inside[bin];
      occupied += kept[bin] > 0 ? 1 : 0;
    }
    for (size_t bin = from; bin < to; ++bin) {
      if (kept[bin] > 0) rounded[bin] = sum / occupied;
    }
  }
  double kept_sum = 0, rounded_sum = 0;
  for (size_t bin = 0; bin < kept.size(); ++bin) {
    kept_sum += kept[bin];
    rounded_sum += rounded[bin];
  }
  double result = 0;
  for (size_t bin = 0; bin < kept.size(); ++bin) {
    if (kept[bin] == 0) continue;
    const double p = kept[bin] / kept_sum;
    const double q = std::max(rounded[bin] / std::max(rounded_sum, 1.0), 1e-12);
    result += p * std::log(p / q);
  }
  return result;
}

}  // namespace

Range entropy_range(const Histogram& histogram) {
  const Range& all = histogram.range;
  const auto bin = [&](double value) {
    const double place = std::nearbyint((value - all.min) / histogram.width());
    return static_cast<size_t>(std::clamp(place, 0.0, static_cast<double>(Histogram::kBins)));
  };
  // Zeros, of which a Relu makes many, are a step exactly: they would hide the others.
  std::vector<uint64_t> counts = histogram.counts;
  counts[std::min(static_cast<size_t>(-all.min / histogram.width()), Histogram::kBins - 1)] = 0;
  const uint64_t values = std::accumulate(counts.begin(), counts.end(), uint64_t{0});
  if (values < kLeastValues) return all;
  Range best = all;
  double least = INFINITY;
  for (int share = kShares; share >= kLeastShare; --share) {
    const Range candidate = {.min = all.min * share / kShares, .max = all.max * share / kShares};
    const size_t first = bin(candidate.min), end = bin(candidate.max);
    if (end < first + kSteps) break;
    const double distance = divergence(counts, first, end);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

}  // namespace vta::quantize
