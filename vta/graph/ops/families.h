// The families of operators: one file each in this folder, which defines the inference function and
// the reference kernel of its operators and exports their table.
#pragma once

#include <span>

#include "vta/graph/op.h"

namespace vta::graph {

std::span<const OpDef> conv_ops();
std::span<const OpDef> gemm_ops();
std::span<const OpDef> normalize_ops();
std::span<const OpDef> pool_ops();
std::span<const OpDef> quantized_ops();
std::span<const OpDef> elementwise_ops();
std::span<const OpDef> layout_ops();
std::span<const OpDef> qelementwise_ops();
std::span<const OpDef> qresize_ops();
std::span<const OpDef> qsoftmax_ops();
std::span<const OpDef> reduce_ops();
std::span<const OpDef> resize_ops();
std::span<const OpDef> shape_ops();
std::span<const OpDef> softmax_ops();
std::span<const OpDef> unary_ops();

inline constexpr std::span<const OpDef> (*kOpFamilies[])() = {
    conv_ops,        gemm_ops,         normalize_ops, pool_ops,     quantized_ops,
    elementwise_ops, qelementwise_ops, qresize_ops,   qsoftmax_ops, layout_ops,
    reduce_ops,      resize_ops,       shape_ops,     softmax_ops,  unary_ops,
};

}  // namespace vta::graph
