// The table of operators: where each can run, and what must hold for that.
#pragma once

#include <string>

namespace vta::compiler {

// Markdown, from the graph's op table, the table of expressions (vta/ops/express.h) and the
// constraints that decide where a node runs (offload.h). docs/operators.md is this page.
std::string operators_markdown();

}  // namespace vta::compiler
