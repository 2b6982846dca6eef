#include "vta/ops/window.h"

#include <algorithm>

namespace vta::ops {

namespace {

// The i from 0 to count - 1 with 0 <= i * stride + offset < size: how many.
Expr count_inside(const Expr& offset, int64_t stride, int64_t size, int64_t count) {
  const Expr first = clamp(ceil_div(0 - offset, stride), 0, count);
  const Expr end = clamp(ceil_div(size - offset, stride), first, count);
  return end - first;
}

}  // namespace

std::vector<Slide> slides(const graph::Window& w, size_t spatial_dimensions) {
  std::vector<Slide> result;
  for (size_t i = w.in.size() - spatial_dimensions; i < w.in.size(); ++i) {
    result.push_back(
        {w.in[i], w.out[i], w.kernel[i], w.stride[i], w.dilation[i], w.pad_begin[i], w.pad_end[i]});
  }
  return result;
}

std::vector<te::Axis> kernel_axes(const std::vector<Slide>& slides) {
  static constexpr std::string_view kNames[] = {"kd", "kh", "kw"};
  std::vector<te::Axis> axes;
  for (size_t d = 0; d < slides.size(); ++d) {
    axes.push_back(te::reduce_axis(slides[d].kernel, std::string(kNames[3 - slides.size() + d])));
  }
  return axes;
}

Tensor padded(const Tensor& x, const std::vector<int64_t>& before,
              const std::vector<int64_t>& behind, const Expr& fill, std::string name) {
  Shape shape = x.shape();
  bool grows = false;
  for (size_t d = 0; d < before.size(); ++d) {
    shape[2 + d] += before[d] + behind[d];
    grows |= before[d] != 0 || behind[d] != 0;
  }
  if (!grows) return x;
  return te::compute_by(
      shape,
      [&](const std::vector<Var>& i) {
        Indices at = to_indices(i);
        Expr inside;
        const auto also = [&](const Expr& condition) {
          inside = inside ? inside && condition : condition;
        };
        for (size_t d = 0; d < before.size(); ++d) {
          Expr& index = at[2 + d];
          index = index - before[d];
          if (before[d] != 0) also(0 <= index);
          if (behind[d] != 0) also(index < x.shape()[2 + d]);
        }
        return select(inside, x.at(at), fill);
      },
      std::move(name));
}

Tensor padded(const Tensor& x, const std::vector<Slide>& slides, const Expr& fill,
              std::string name) {
  std::vector<int64_t> before, behind;
  for (const Slide& s : slides) {
    const int64_t end = (s.out - 1) * s.stride + (s.kernel - 1) * s.dilation + 1;
    before.push_back(s.pad_begin);
    behind.push_back(std::max<int64_t>(0, end - s.pad_begin - s.in));
  }
  return padded(x, before, behind, fill, std::move(name));
}

Expr covered(const Slide& s, const Expr& at) {
  return count_inside(at * s.stride - s.pad_begin, s.dilation, s.in, s.kernel);
}

Expr covered_with_padding(const Slide& s, const Expr& at) {
  return count_inside(at * s.stride, s.dilation, s.pad_begin + s.in + s.pad_end, s.kernel);
}

}  // namespace vta::ops
