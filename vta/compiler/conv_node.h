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

// One spatial dimension of a window: sizes in elements, `pad` before the first.
struct Axis {
  int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, pad = 0;

  // The input position of tap 0 of output `o`; negative or beyond the input where padding is read.
  int64_t first(int64_t o) const { return o * stride - pad; }
  bool inside(int64_t o, int64_t tap) const {
    const int64_t i = first(o) + tap * dilation;
    return i >= 0 && i < in;
  }
  // The taps of output `o` that lie inside the input: always consecutive.
  Span taps_inside(int64_t o) const {
    int64_t begin = 0;
    while (begin < kernel && !inside(o, begin)) ++begin;
    int64_t end = begin;
    while (end < kernel && inside(o, end)) ++end;
    return {begin, end};
  }
};

// LOAD pads with integer 0, which stands for the real number -scale * zero_point. What that adds at
// the border is taken back by the bias: outputs whose window has the same taps inside the input
// form a border class, and each class has requantise records of its own. A class is a pair of a run
// of output rows and a run of output columns; with zero_point = 0 there is one.
struct BorderClasses {
  BorderClasses(const ConvNode& node, int64_t zero_point);

  int64_t count() const { return static_cast<int64_t>(rows.size() * columns.size()); }

  Axis y, x;
  std::vector<Span> rows, columns;
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
