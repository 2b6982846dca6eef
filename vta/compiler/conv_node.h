// A convolution node as its lowering sees it: geometry, weights, and requantisation at the border.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "vta/base/requantize.h"
#include "vta/compiler/packing.h"
#include "vta/graph/graph.h"
#include "vta/module/window_fold.h"

namespace vta::compiler {

// qconv or qgemm; the latter is a convolution by 1x1 of an image of one pixel.
struct ConvNode {
  ConvNode(const graph::Graph& graph, const graph::Node& node);

  // With the kernel's columns, and where `rows` its rows too, as channels: the convolution of what
  // `window_fold` makes of the input by weights of one column, or of one tap. Of one group.
  ConvNode with_folded_windows(bool rows) const;
  // What lies beyond the input is its zero point.
  module::WindowFold window_fold(bool rows, int64_t x_zero_point) const;

  bool has_padding() const {
    return std::ranges::any_of(pads, [](int64_t pad) { return pad != 0; });
  }

  PackedShape input;
  PackedShape output;
  Tensor weights;
  int64_t groups = 1;
  std::vector<int64_t> strides = {1, 1};
  std::vector<int64_t> dilations = {1, 1};
  std::vector<int64_t> pads = {0, 0, 0, 0};
};

// [begin, end)
struct Span {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
  bool operator==(const Span&) const = default;
};

// Consecutive outputs of one dimension whose windows have the same taps inside the input, and those
// taps.
struct BorderRun {
  Span outputs, taps;
};

// Padding adds to a sum where it does not stand for the real number 0. What it adds is taken back
// by the bias: outputs of a run of rows and a run of columns form a border class, and each class
// has requantise records of its own. Where padding is the zero point there is one, of all taps.
struct BorderClasses {
  BorderClasses(const ConvNode& node, bool padding_is_zero_point);

  std::vector<BorderRun> rows, columns;
};

// The requantisation of each output channel of a qconv, qconv_transpose or qgemm where these rows
// and columns of the kernel lie inside the input: the bias takes in what the input's zero point
// adds to the sum. `weights` are [O][C / group][KH][KW].
std::vector<Requantize> channel_requantisation(const graph::Graph& graph, const graph::Node& node,
                                               const Tensor& weights, std::span<const int64_t> rows,
                                               std::span<const int64_t> columns);

// The requantise records (requantise_records.h) of all border classes, one class after another, of
// `elements` output elements each.
std::vector<uint8_t> conv_records(const graph::Graph& graph, const graph::Node& node,
                                  const ConvNode& conv, const BorderClasses& border,
                                  int64_t elements, const hw::Config& config);

}  // namespace vta::compiler
