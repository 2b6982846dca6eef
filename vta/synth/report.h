// What synthesis says of a design.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "vta/synth/family.h"

namespace vta::synth {

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
  std::optional<double> area_um2;         // of standard cells; RAMs are not in it
  std::optional<double> longest_path_ns;  // between registers and RAMs, before layout
  std::map<std::string, Placed> placed;   // by the placer's name of the kind, those that are used
  std::optional<double> fmax_mhz;         // of the placed and routed design
  std::filesystem::path bitstream;        // empty where there is none

  // Nothing where the board is of another family or there is none.
  std::optional<bool> fits() const;
};

// Lines for people, and for the files that keep them; without the bitstream's path.
std::string to_text(const Report& report, const hw::Config& config);

}  // namespace vta::synth
