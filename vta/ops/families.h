// The families of operators: one file each in this folder, with the expressions of its operators.
#pragma once

#include <span>

#include "vta/ops/express.h"

namespace vta::ops {

std::span<const OpExpression> conv_expressions();
std::span<const OpExpression> elementwise_expressions();
std::span<const OpExpression> layout_expressions();
std::span<const OpExpression> matmul_expressions();
std::span<const OpExpression> normalize_expressions();
std::span<const OpExpression> pool_expressions();
std::span<const OpExpression> quantized_expressions();
std::span<const OpExpression> reduce_expressions();
std::span<const OpExpression> resize_expressions();
std::span<const OpExpression> shape_expressions();
std::span<const OpExpression> unary_expressions();

inline constexpr std::span<const OpExpression> (*kFamilies[])() = {
    conv_expressions,      elementwise_expressions, layout_expressions,    matmul_expressions,
    normalize_expressions, pool_expressions,        quantized_expressions, reduce_expressions,
    resize_expressions,    shape_expressions,       unary_expressions,
};

}  // namespace vta::ops
