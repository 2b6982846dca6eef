// The families of operators: one file each in this folder, which defines the inference function and
// the reference kernel of its operators and exports their table.
#pragma once

#include <span>

#include "vta/graph/op.h"

namespace vta::graph {

std::span<const OpDef> normalize_ops();

inline constexpr std::span<const OpDef> (*kOpFamilies[])() = {
    normalize_ops,
};

}  // namespace vta::graph
