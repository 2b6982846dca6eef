// Integer networks in the form that other engines read: floating-point operators between pairs of
// quantize and dequantize, with weights and biases that stay integers.
#pragma once

#include <map>

#include "vta/graph/graph.h"

namespace vta::exporter {

// Integers that a constant of floats is made of: scales[i] * (values - zero_point), i the index
// along `axis`.
struct QuantizedConstant {
  Tensor values;  // i8 weights, i32 biases
  Tensor scales;  // f32, one for each index of `axis`
  int64_t axis = 0;
  int64_t zero_point = 0;
};
using QuantizedConstants = std::map<graph::ValueId, QuantizedConstant>;

struct QdqGraph {
  graph::Graph graph;
  QuantizedConstants constants;  // by constant of `graph`
};

// `graph` as vta/quantize leaves it. The result's bytes differ from its bytes by the rounding of
// one requantisation a layer. Throws Error that names the node without such a form: one whose
// integers come from or go to the outside of the graph, qsoftmax, qmul, qlookup, qresize, grouped
// qconv_transpose.
QdqGraph to_qdq(const graph::Graph& graph);

}  // namespace vta::exporter
