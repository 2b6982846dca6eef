// What the parts of the checker share: naming instructions, and adding to a report.
#pragma once

#include <string>

#include "vta/isa/check.h"

namespace vta::isa {

// "compute #7 (gemm iter_out=1 …)", "compute #7".
std::string describe(const Program& program, uint64_t index);
std::string short_name(const Program& program, uint64_t index);

// Adds an error, or counts it where the report is full.
void add_error(CheckReport& report, Finding finding);
// An error of one instruction: its message is "UNIT #INDEX (TEXT): what".
void add_error(CheckReport& report, const Program& program, uint64_t index, std::string kind,
               std::string memory, uint64_t entry, const std::string& what);

}  // namespace vta::isa
