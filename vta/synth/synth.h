// Synthesis of the RTL with open tools, and what it says: Yosys for every family, nextpnr for those
// that can be placed and routed (ice40, ecp5), OpenSTA for the standard cells' timing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vta/synth/report.h"

namespace vta::synth {

struct Options {
  // For sources, netlist (netlist.json), logs, bitstream; made where it is missing.
  std::filesystem::path folder;
  bool place = false;
  std::string yosys = "";  // options of the FPGA family's command in Yosys, beside its own
};

// Throws Error: a tool is missing (the package is named), or fails (its log is named); place for a
// family that has no placer here.
Report synthesise(const hw::Config& config, const Family& family, const Options& options);

// The options of nextpnr-ecp5 that name a part. Throws Error for one that it does not know.
std::vector<std::string> ecp5_device(const std::string& part);

// The instances by type in what Yosys' `stat` prints. Throws Error when there are none.
Cells parse_stat(std::string_view text);

}  // namespace vta::synth
