// How the floating-point values of a network are distributed over sample inputs.
#pragma once

#include <vector>

#include "vta/quantize/calibrate.h"

namespace vta::quantize {

// Counts in equal steps from range.min to range.max; no counts where that is a point.
struct Histogram {
  static constexpr size_t kBins = 2048;

  Range range;
  std::vector<uint64_t> counts;

  double width() const { return (range.max - range.min) / static_cast<double>(kBins); }
  double centre(size_t bin) const { return range.min + (static_cast<double>(bin) + 0.5) * width(); }
};

// By ValueId, as calibrate, whose ranges of the same samples it takes. Throws as calibrate does.
std::vector<Histogram> histograms(const graph::Graph& graph,
                                  const std::vector<graph::NamedTensors>& samples,
                                  const std::vector<Range>& ranges);

}  // namespace vta::quantize
