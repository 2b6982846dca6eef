// conv, conv_transpose: vta/graph/ops/conv.cc. Sums are in f32.
//
// A transposed convolution with stride s puts zeros between the positions of x. No product with
// one is taken: output position p belongs to phase (p + pad) % s, and each phase is a convolution
// of x, unchanged, with every s-th element of the kernel.
#include "vta/ops/conv.h"

#include "vta/graph/ops/convolve.h"
#include "vta/ops/families.h"

namespace vta::ops {

namespace {

using te::Axis;

// Adds bias[channel], where there is one.
Tensor with_bias(const Tensor& y, const Operands& operands, std::string name) {
  return te::compute_by(
      y.shape(), [&](const std::vector<Var>& i) { return y.at(to_indices(i)) + operands[2](i[1]); },
      std::move(name));
}

std::vector<Tensor> conv(const Operands& operands) {
  const Tensor &x = operands[0], &w = operands[1];
  const std::vector<Slide> window = conv_slides(operands);
  const Tensor around = padded(x, window, number(x.type(), 0), operands.stage("pad"));
  const bool biased = operands.has(2);
  const Tensor sums = convolution(around, w, window, operands.node().int_attr("group"), x.type(),
                                  Expr(), biased ? operands.stage("conv") : operands.name());
  return {biased ? with_bias(sums, operands, operands.name()) : sums};
}

// One spatial dimension of a transposed convolution: y[p] is the sum over t < taps of
// x[q - t] * w[phase, t], where p + pad_begin = q * phases + phase.
struct Phases {
  int64_t phases;   // the stride
  int64_t taps;     // elements of the kernel in each phase
  int64_t first_q;  // q of the first output position
  int64_t count_q;
};

Phases phases_of(const Slide& s) {
  const int64_t extent = (s.kernel - 1) * s.dilation + 1;
  const int64_t first = s.pad_begin / s.stride, last = (s.out - 1 + s.pad_begin) / s.stride;
  return {s.stride, (extent + s.stride - 1) / s.stride, first, last - first + 1};
}

// w[c, o, k…] as [c, o, phase…, tap…], 0 where the phase has no such element.
Tensor weights_by_phase(const Tensor& w, const std::vector<Slide>& window,
                        const std::vector<Phases>& phases, std::string name) {
  const size_t rank = window.size();
  Shape shape = {w.shape()[0], w.shape()[1]};
  for (const Phases& p : phases) shape.push_back(p.phases);
  for (const Phases& p : phases) shape.push_back(p.taps);
  return te::compute_by(
      shape,
      [&](const std::vector<Var>& i) {
        Indices at = {i[0], i[1]};
        Expr exists = constant(loop::kBool, 1);
        for (size_t d = 0; d < rank; ++d) {
          const Slide& s = window[d];
          const Expr place = i[2 + d] + i[2 + rank + d] * s.stride;  // k * dilation
          exists = exists && place < (s.kernel - 1) * s.dilation + 1;
          if (s.dilation != 1) exists = exists && place % s.dilation == 0;
          at.push_back(place / s.dilation);
        }
        return select(exists, w.at(at), number(w.type(), 0));
      },
      std::move(name));
}

// [n, o, phase…, q…] from x padded by taps - 1 - first_q before.
Tensor convolution_by_phase(const Tensor& x, const Tensor& w, const std::vector<Phases>& phases,
                            int64_t groups, Type type, const Expr& zero, std::string name) {
  const size_t rank = phases.size();
  const int64_t in_channels = w.shape()[0] / groups, out_channels = w.shape()[1];
  Shape shape = {x.shape()[0], out_channels * groups};
  for (const Phases& p : phases) shape.push_back(p.phases);
  for (const Phases& p : phases) shape.push_back(p.count_q);
  std::vector<Axis> axes = {te::reduce_axis(in_channels, "c")};
  for (size_t d = 0; d < rank; ++d) {
    axes.push_back(te::reduce_axis(phases[d].taps, fmt::format("t{}", d)));
  }
  return te::compute_by(
      shape,
      [&](const std::vector<Var>& i) {
        const Expr c = i[1] / out_channels * in_channels + axes[0];
        Indices from = {i[0], c}, weight = {c, i[1] % out_channels};
        for (size_t d = 0; d < rank; ++d) {
          weight.push_back(i[2 + d]);
          from.push_back(i[2 + rank + d] - axes[1 + d] + (phases[d].taps - 1));
        }
        for (size_t d = 0; d < rank; ++d) weight.push_back(axes[1 + d]);
        const Expr value = cast(type, x.at(from));
        return te::sum((zero ? value - zero : value) * cast(type, w.at(weight)), axes);
      },
      std::move(name));
}

std::vector<Tensor> conv_transpose(const Operands& operands) {
  const Tensor& x = operands[0];
  const bool biased = operands.has(2);
  const Tensor sums = transposed_convolution(operands, number(x.type(), 0), x.type(), Expr(),
                                             biased ? operands.stage("sums") : operands.name());
  return {biased ? with_bias(sums, operands, operands.name()) : sums};
}

}  // namespace

Tensor convolution(const Tensor& x, const Tensor& w, const std::vector<Slide>& window,
                   int64_t groups, Type type, const Expr& zero, std::string name) {
  const int64_t in_channels = w.shape()[1], out_channels = w.shape()[0] / groups;
  Shape shape = {x.shape()[0], w.shape()[0]};
  for (const Slide& s : window) shape.push_back(s.out);
  std::vector<Axis> axes = kernel_axes(window);
  axes.insert(axes.begin(), te::reduce_axis(in_channels, "c"));
  return te::compute_by(
      shape,
      [&](const std::vector<Var>& i) {
        const Axis& c = axes[0];
        Indices from = {i[0], groups == 1 ? Expr(c) : i[1] / out_channels * in_channels + c};
        Indices weight = {i[1], c};
        for (size_t d = 0; d < window.size(); ++d) {
          from.push_back(position(window[d], i[2 + d], axes[1 + d]));
          weight.push_back(axes[1 + d]);
        }
        const Expr value = cast(type, x.at(from));
        return te::sum((zero ? value - zero : value) * cast(type, w.at(weight)), axes);
      },
      std::move(name));
}

Tensor transposed_convolution(const Operands& operands, const Expr& fill, Type type,
                              const Expr& zero, std::string name) {
  const Tensor &x = operands[0], &w = operands[1];
  const std::vector<Slide> window =
      slides(graph::transpose_window(operands.node(), x.shape(), w.shape()), x.shape().size() - 2);
  std::vector<Phases> phases;
  std::vector<int64_t> before, behind;
  for (const Slide& s : window) {
    const Phases& p = phases.emplace_back(phases_of(s));
    before.push_back(p.taps - 1 - p.first_q);
    behind.push_back(p.first_q + p.count_q - s.in);
  }
  const Tensor around = padded(x, before, behind, fill, operands.stage("pad"));
  const Tensor by_phase = convolution_by_phase(
      around, weights_by_phase(w, window, phases, operands.stage("weights")), phases,
      operands.node().int_attr("group"), type, zero, operands.stage("phases"));
  return te::compute_by(
      operands.shape(),
      [&](const std::vector<Var>& i) {
        Indices at = {i[0], i[1]};
        const auto place = [&](size_t d) { return i[2 + d] + window[d].pad_begin; };
        for (size_t d = 0; d < window.size(); ++d) at.push_back(place(d) % window[d].stride);
        for (size_t d = 0; d < window.size(); ++d) {
          at.push_back(place(d) / window[d].stride - phases[d].first_q);
        }
        return by_phase.at(at);
      },
      std::move(name));
}

std::vector<Slide> conv_slides(const Operands& operands) {
  const Shape &x = operands[0].shape(), &w = operands[1].shape();
  graph::Window window = make_window(operands.node(), x, std::span(w).subspan(2));
  set_output(window, false);
  return slides(window, x.size() - 2);
}

std::span<const OpExpression> conv_expressions() {
  static constexpr OpExpression kTable[] = {{"conv", conv}, {"conv_transpose", conv_transpose}};
  return kTable;
}

}  // namespace vta::ops
