#include "vta/quantize/calibrate.h"

#include <algorithm>
#include <cmath>

namespace vta::quantize {

std::vector<Range> calibrate(const graph::Graph& graph,
                             const std::vector<graph::NamedTensors>& samples) {
  require(!samples.empty(), "calibration needs at least one sample");
  std::vector<Range> ranges(graph.values.size());
  const auto observe = [&](graph::ValueId id, const Tensor& tensor) {
    if (tensor.dtype() != DType::kFloat32) return;
    Range& range = ranges[static_cast<size_t>(id)];
    for (const float value : tensor.as<float>()) {
      require(std::isfinite(value), "calibration: value '{}' holds {}", graph.value(id).name,
              value);
      range.min = std::min(range.min, static_cast<double>(value));
      range.max = std::max(range.max, static_cast<double>(value));
    }
  };
  for (const graph::NamedTensors& sample : samples) graph::run(graph, sample, observe);
  return ranges;
}

}  // namespace vta::quantize
