// Calibration: the range of every floating-point value of a network over sample inputs.
#pragma once

#include <vector>

#include "vta/graph/graph.h"
#include "vta/graph/interpreter.h"

namespace vta::quantize {

struct Range {
  double min = 0;
  double max = 0;
};

// By ValueId of `graph`; values that are not f32 keep {0, 0}. Runs the reference interpreter on
// each sample; ranges always contain 0. Throws Error when there is no sample, one does not fit the
// graph's inputs, or a value is not finite (naming the value).
std::vector<Range> calibrate(const graph::Graph& graph,
                             const std::vector<graph::NamedTensors>& samples);

}  // namespace vta::quantize
