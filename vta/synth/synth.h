// Synthesis of the RTL with open tools, and what it says: Yosys for every family, nextpnr for those
// that can be placed and routed (ice40, ecp5), OpenSTA for the standard cells' timing.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vta/synth/family.h"

namespace vta::synth {

struct Options {
  std::filesystem::path folder;  // sources, netlist, logs, bitstream; made where it is missing
  bool place = false;
};

// Of one kind of cell, as the placer counts them.
struct Placed {
  int64_t used = 0;
  int64_t available = 0;  // on the part
};

struct Report {
  const Family* family = nullptr;
  Cells cells;
  std::optional<Resources> used;          // of an FPGA
  std::optional<Resources> available;     // of the configuration's board, where it is of the family
  std::optional<double> area_um2;         // of standard cells; scratchpads are not in it
  std::optional<double> longest_path_ns;  // between registers, before layout
  std::map<std::string, Placed> placed;   // by the placer's name of the kind, those that are used
  std::optional<double> fmax_mhz;         // of the placed and routed design
  std::filesystem::path bitstream;        // empty where there is none

  // Nothing where the board is of another family or there is none.
  std::optional<bool> fits() const;
};

// Throws Error: a tool is missing (the package is named), or fails (its log is named); place for a
// family that has no placer here.
Report synthesise(const hw::Config& config, const Family& family, const Options& options);

// The options of nextpnr-ecp5 that name a part. Throws Error for one that it does not know.
std::vector<std::string> ecp5_device(const std::string& part);

// The instances by type in what Yosys' `stat` prints. Throws Error when there are none.
Cells parse_stat(std::string_view text);

}  // namespace vta::synth
