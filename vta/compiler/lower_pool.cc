// qmax_pool, qaverage_pool, qglobal_average_pool: the operator library's pools over the packed
// tensors' planes. An average's records tell by class how many taps lie inside the input, which the
// zero point's share of the sum depends on, and by how many the sum is divided.
#include <algorithm>

#include "vta/codegen/accel/generate.h"
#include "vta/compiler/diagonal_matrix.h"
#include "vta/compiler/lower.h"
#include "vta/compiler/packing.h"
#include "vta/compiler/requantise_records.h"
#include "vta/graph/ops/pool.h"
#include "vta/ops/accel/pool_model.h"

namespace vta::compiler {

namespace {

using graph::Window;
using ops::accel::PoolAxis;
using ops::accel::PoolKind;
using ops::accel::PoolShape;

PoolAxis axis_of(const Window& w, size_t axis) {
  return {w.in[axis],     w.out[axis],      w.kernel[axis],
          w.stride[axis], w.dilation[axis], w.pad_begin[axis]};
}

// In one dimension at an output.
struct Coverage {
  int64_t inside;   // taps over the input
  int64_t divisor;  // and those that count
  bool operator==(const Coverage&) const = default;
};

Coverage coverage(const Window& w, size_t axis, int64_t output, bool counts_padding) {
  const auto taps = [&](int64_t offset, int64_t size) {
    const graph::Range range = graph::positions_inside(output * w.stride[axis] + offset,
                                                       w.dilation[axis], size, w.kernel[axis]);
    return range.end - range.begin;
  };
  const int64_t inside = taps(-w.pad_begin[axis], w.in[axis]);
  if (!counts_padding) return {inside, inside};
  return {inside, taps(0, w.pad_begin[axis] + w.in[axis] + w.pad_end[axis])};
}

// The runs of outputs with one coverage: that, and where each begins.
struct Runs {
  std::vector<Coverage> coverages;
  std::vector<int64_t> first;
};
Runs runs_of(const Window& w, size_t axis, bool counts_padding) {
  Runs runs;
  for (int64_t o = 0; o < w.out[axis]; ++o) {
    const Coverage c = coverage(w, axis, o, counts_padding);
    if (!runs.first.empty() && c == runs.coverages.back()) continue;
    runs.coverages.push_back(c);
    runs.first.push_back(o);
  }
  return runs;
}

std::vector<uint8_t> record(const graph::Node& node, const Coverage& y, const Coverage& x,
                            const hw::Config& config) {
  const int64_t divisor = std::max<int64_t>(y.divisor * x.divisor, 1);
  const QuantizedMultiplier ratio =
      quantize_multiplier(node.float_attr("scale") / static_cast<double>(divisor));
  return uniform_record(
      {.bias = static_cast<int32_t>(-y.inside * x.inside * node.int_attr("x_zero_point")),
       .factor = ratio.factor,
       .shift = ratio.shift,
       .zero_point = static_cast<int>(node.int_attr("zero_point")),
       .clip_min = static_cast<int>(node.int_attr("clip_min")),
       .clip_max = static_cast<int>(node.int_attr("clip_max"))},
      config);
}

}  // namespace

LoweredKernel lower_pool(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config) {
  const Packing packing(config);
  const Shape& x = graph.value(node.input(0)).type.shape;
  const Window window =
      node.op == "qglobal_average_pool" ? graph::global_window(x) : graph::pool_window(node, x);
  PoolShape shape{.planes = packing.batches(x[0]) * packing.blocks(x[1]),
                  .h = axis_of(window, 1),
                  .w = axis_of(window, 2)};
  LoweredKernel kernel{.program = {}, .constants = {diagonal_matrix(1, config)}, .macs = 0};
  if (node.op == "qmax_pool") {
    const auto knobs = ops::accel::default_knobs(PoolKind::kMax, shape, config);
    kernel.program =
        codegen::accel::generate(ops::accel::scheduled_max_pool(shape, knobs, config), config);
    return kernel;
  }

  const bool counts_padding = node.op == "qaverage_pool" && node.int_attr("count_include_pad") != 0;
  const Runs rows = runs_of(window, 1, counts_padding),
             columns = runs_of(window, 2, counts_padding);
  shape.row_classes = rows.first;
  shape.column_classes = columns.first;
  std::vector<uint8_t> records;
  for (const Coverage& y : rows.coverages) {
    for (const Coverage& c : columns.coverages) {
      const std::vector<uint8_t> one = record(node, y, c, config);
      records.insert(records.end(), one.begin(), one.end());
    }
  }
  const auto knobs = ops::accel::default_knobs(PoolKind::kAverage, shape, config);
  kernel.program =
      codegen::accel::generate(ops::accel::scheduled_average_pool(shape, knobs, config), config);
  kernel.constants.push_back(std::move(records));
  return kernel;
}

}  // namespace vta::compiler
