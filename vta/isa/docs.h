// The reference page of the instruction set, generated from the field table.
#pragma once

#include <string>

#include "vta/hw/config.h"

namespace vta::isa {

// Markdown: encodings with bit positions at `config` and the rule behind each width, micro-op
// layout, and what instructions do. docs/isa.md is this for the preset `default`.
std::string isa_markdown(const hw::Config& config);

}  // namespace vta::isa
