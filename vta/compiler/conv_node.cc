#include "vta/compiler/conv_node.h"

#include <numeric>

#include "vta/compiler/requantise_records.h"

namespace vta::compiler {

namespace {

// The taps of output `o` that lie inside the input: always consecutive.
Span taps_inside(const ConvNode& node, size_t d, int64_t in, int64_t o) {
  const int64_t kernel = node.weights.shape()[2 + d];
  const auto inside = [&](int64_t tap) {
    const int64_t i = o * node.strides[d] - node.pads[d] + tap * node.dilations[d];
    return i >= 0 && i < in;
  };
  Span taps;
  while (taps.begin < kernel && !inside(taps.begin)) ++taps.begin;
  taps.end = taps.begin;
  while (taps.end < kernel && inside(taps.end)) ++taps.end;
  return taps;
}

std::vector<BorderRun> runs(const ConvNode& node, size_t d, int64_t in, int64_t out,
                            bool padding_is_zero_point) {
  if (padding_is_zero_point) return {{{0, out}, {0, node.weights.shape()[2 + d]}}};
  std::vector<BorderRun> result;
  for (int64_t o = 0; o < out; ++o) {
    const Span taps = taps_inside(node, d, in, o);
    if (result.empty() || taps != result.back().taps) result.push_back({{o, o}, taps});
    result.back().outputs.end = o + 1;
  }
  return result;
}

std::vector<int64_t> listed(Span taps) {
  std::vector<int64_t> result(static_cast<size_t>(taps.size()));
  std::iota(result.begin(), result.end(), taps.begin);
  return result;
}

}  // namespace

ConvNode::ConvNode(const graph::Graph& graph, const graph::Node& node)
    : input(graph.value(node.input(0)).type.shape),
      output(graph.value(node.outputs[0]).type.shape),
      weights(*graph.constant(node.input(1))) {
  if (node.op == "qgemm") {
    weights = std::move(weights).reshaped({output.c, input.c, 1, 1});
    return;
  }
  groups = node.int_attr("group");
  strides = node.ints_attr("strides");
  dilations = node.ints_attr("dilations");
  pads = node.ints_attr("pads");
}

ConvNode ConvNode::with_folded_windows(bool rows) const {
  const Shape& shape = weights.shape();
  const int64_t channels = shape[1], height = shape[2], width = shape[3];
  const int64_t folded_rows = rows ? height : 1, kept_rows = height / folded_rows;
  ConvNode folded = *this;
  folded.weights = Tensor(DType::kInt8, {shape[0], folded_rows * width * channels, kept_rows, 1});
  const auto from = weights.as<int8_t>();
  auto to = folded.weights.as<int8_t>().begin();
  for (int64_t o = 0; o < shape[0]; ++o) {
    for (int64_t y = 0; y < folded_rows; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        for (int64_t c = 0; c < channels; ++c) {
          for (int64_t kept = 0; kept < kept_rows; ++kept) {
            const int64_t row = (o * channels + c) * height + y + kept;
            *to++ = from[static_cast<size_t>(row * width + x)];
          }
        }
      }
    }
  }
  folded.input.c *= folded_rows * width;
  folded.input.w = output.w;
  folded.strides[1] = folded.dilations[1] = 1;
  folded.pads[1] = folded.pads[3] = 0;
  if (rows) {
    folded.input.h = output.h;
    folded.strides[0] = folded.dilations[0] = 1;
    folded.pads[0] = folded.pads[2] = 0;
  }
  return folded;
}

module::WindowFold ConvNode::window_fold(bool rows, int64_t x_zero_point) const {
  const auto folded = [&](size_t d, int64_t out) {
    return module::FoldedAxis{.kernel = static_cast<int>(weights.shape()[2 + d]),
                              .stride = static_cast<int>(strides[d]),
                              .dilation = static_cast<int>(dilations[d]),
                              .pad = static_cast<int>(pads[d]),
                              .out = static_cast<int>(out)};
  };
  return {.rows = rows ? folded(0, output.h) : module::FoldedAxis{.out = static_cast<int>(input.h)},
          .columns = folded(1, output.w),
          .outside = static_cast<int>(x_zero_point)};
}

BorderClasses::BorderClasses(const ConvNode& node, bool padding_is_zero_point)
    : rows(runs(node, 0, node.input.h, node.output.h, padding_is_zero_point)),
      columns(runs(node, 1, node.input.w, node.output.w, padding_is_zero_point)) {}

std::vector<Requantize> channel_requantisation(const graph::Graph& graph, const graph::Node& node,
                                               const Tensor& weights, std::span<const int64_t> rows,
                                               std::span<const int64_t> columns) {
  const auto w = weights.as<int8_t>();
  const auto bias = graph.constant(node.input(2))->as<int32_t>();
  const auto factor = graph.constant(node.input(3))->as<int32_t>();
  const auto shift = graph.constant(node.input(4))->as<int32_t>();
  const auto zero_point = static_cast<int32_t>(node.int_attr("x_zero_point"));
  const int64_t kernel_w = weights.shape()[3];
  const int64_t taps = weights.shape()[2] * kernel_w;
  const int64_t inputs = weights.shape()[1];
  std::vector<Requantize> channels;
  for (size_t c = 0; c < bias.size(); ++c) {
    int32_t weight_sum = 0;
    for (int64_t i = 0; i < inputs; ++i) {
      for (const int64_t y : rows) {
        for (const int64_t x : columns) {
          const int64_t plane = static_cast<int64_t>(c) * inputs + i;
          weight_sum += w[static_cast<size_t>(plane * taps + y * kernel_w + x)];
        }
      }
    }
    channels.push_back({.bias = wrap_add(bias[c], wrap_mul(-zero_point, weight_sum)),
                        .factor = factor[c],
                        .shift = shift[c],
                        .zero_point = static_cast<int>(node.int_attr("zero_point")),
                        .clip_min = static_cast<int>(node.int_attr("clip_min")),
                        .clip_max = static_cast<int>(node.int_attr("clip_max"))});
  }
  return channels;
}

std::vector<uint8_t> conv_records(const graph::Graph& graph, const graph::Node& node,
                                  const ConvNode& conv, const BorderClasses& border,
                                  int64_t elements, const hw::Config& config) {
  std::vector<uint8_t> bytes;
  for (const BorderRun& rows : border.rows) {
    for (const BorderRun& columns : border.columns) {
      const auto channels = channel_requantisation(graph, node, conv.weights, listed(rows.taps),
                                                   listed(columns.taps));
      const auto records = channel_records(channels, elements, config);
      bytes.insert(bytes.end(), records.begin(), records.end());
    }
  }
  return bytes;
}

}  // namespace vta::compiler
