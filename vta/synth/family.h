// The chip families that the RTL can be synthesised for: which tools, and what their cells count
// as.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "vta/hw/config.h"

namespace vta::synth {

// What a design takes, in the family's own kinds: LUT4 (ice40, ecp5), LUT6 (xc7, xcup), ALM
// (cyclonev).
struct Resources {
  int64_t luts = 0;
  int64_t ffs = 0;
  int64_t dsps = 0;
  int64_t bram_bits = 0;
  bool operator==(const Resources&) const = default;
};

// Instances by cell type, as Yosys counts them.
using Cells = std::map<std::string, int64_t>;

struct Family {
  std::string_view name;
  std::string_view what;
  std::string_view part_prefix;            // of the boards' parts; empty: not an FPGA
  std::string_view before;                 // Yosys commands ahead of its own, each a line
  std::string_view command;                // of Yosys, without the top module
  Resources (*count)(const Cells& cells);  // nullptr: not an FPGA
};

std::span<const Family> families();
// Throws Error that lists the names.
const Family& find_family(std::string_view name);
// The family of the configuration's board; nullptr where it has none, or one of another family.
const Family* family_of(const hw::Config& config);

}  // namespace vta::synth
