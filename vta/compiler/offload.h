// Which nodes run on the accelerator: one predicate for each constraint. The compile report names
// the first one that a node breaks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vta/graph/graph.h"
#include "vta/hw/config.h"

namespace vta::compiler {

struct Constraint {
  std::string_view rule;  // what must hold, as the user reads it
  bool (*holds)(const graph::Graph& graph, const graph::Node& node, const hw::Config& config);
};

// The constraints of an operator, general ones first; empty when the accelerator has no lowering
// for it at all.
std::span<const Constraint> constraints(std::string_view op);

// The rule that keeps the node off the accelerator; nothing when it can run there.
std::optional<std::string> why_not(const graph::Graph& graph, const graph::Node& node,
                                   const hw::Config& config);

}  // namespace vta::compiler
