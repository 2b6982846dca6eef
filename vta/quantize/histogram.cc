#include "vta/quantize/histogram.h"

#include <algorithm>

namespace vta::quantize {

std::vector<Histogram> histograms(const graph::Graph& graph,
                                  const std::vector<graph::NamedTensors>& samples,
                                  const std::vector<Range>& ranges) {
  std::vector<Histogram> result(graph.values.size());
  for (size_t id = 0; id < result.size(); ++id) {
    result[id].range = ranges[id];
    if (ranges[id].max > ranges[id].min) result[id].counts.assign(Histogram::kBins, 0);
  }
  for (const graph::NamedTensors& sample : samples) {
    graph::run(graph, sample, [&](graph::ValueId id, const Tensor& tensor) {
      Histogram& histogram = result[static_cast<size_t>(id)];
      if (tensor.dtype() != DType::kFloat32 || histogram.counts.empty()) return;
      for (const float value : tensor.as<float>()) {
        const double bin = (value - histogram.range.min) / histogram.width();
        ++histogram.counts[std::min(static_cast<size_t>(std::max(bin, 0.0)), Histogram::kBins - 1)];
      }
    });
  }
  return result;
}

}  // namespace vta::quantize
