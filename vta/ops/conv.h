// Convolutions as tensor expressions, over 1 to 3 spatial dimensions.
#pragma once

#include "vta/ops/express.h"
#include "vta/ops/window.h"

namespace vta::ops {

// y[n, o, p] = sum over c, k of x[n, g * C/groups + c, p * stride + k * dilation] * w[o, c, k] in
// `type`, where g is the group of o, x[N, C, …] is padded already and w is [O, C/groups, …].
// `zero`, where given, is what is taken from each x first.
Tensor convolution(const Tensor& x, const Tensor& w, const std::vector<Slide>& slides,
                   int64_t groups, Type type, const Expr& zero, std::string name);

// The sums of a node conv_transpose, qconv_transpose in `type`. `fill` stands around x; `zero`,
// where given, is what is taken from each x first.
Tensor transposed_convolution(const Operands& operands, const Expr& fill, Type type,
                              const Expr& zero, std::string name);

// The window of a node conv, qconv.
std::vector<Slide> conv_slides(const Operands& operands);

}  // namespace vta::ops
