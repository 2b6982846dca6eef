// Post-training quantisation: a float network becomes an integer one.
//
// Convolutions, dense layers, residual additions, pooling, concatenation and the data movement
// between them become integer operators (qconv, qgemm, qadd, …) on int8 values `scale * (q -
// zero_point)`: activations with one scale and zero point per tensor, weights with one scale per
// output channel and no zero point. A Relu or Clip behind one of them becomes its clip. Everything
// else stays in floating point, with quantize and dequantize between.
#pragma once

#include <vector>

#include "vta/graph/graph.h"
#include "vta/quantize/calibrate.h"
#include "vta/quantize/integer_weights.h"

namespace vta::quantize {

struct QuantizeOptions {
  int weight_bits = 8;  // weights lie in [-(2^(bits-1) - 1), 2^(bits-1) - 1]
  // Weights that are integers already, by the node's name; those of other nodes are rounded to the
  // nearest step.
  WeightsByNode weights = {};
  // Ranges are what the values really have, not estimates: one that is a point says that its value
  // has none, and an operator at such a value stays in floating point, as one does whose weights
  // are not given.
  bool only_given_ranges = false;
};

// `graph` as graph::simplify leaves it, `ranges` from calibrate(graph, …). Graph inputs and outputs
// keep their names and float types.
graph::Graph quantize(const graph::Graph& graph, const std::vector<Range>& ranges,
                      const QuantizeOptions& options = {});

}  // namespace vta::quantize
