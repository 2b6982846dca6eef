// What Yosys is told to synthesise a design: the same for the reports and for the netlists that are
// simulated.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vta/base/embedded.h"
#include "vta/synth/family.h"

namespace vta::synth {

// Where Debian's qflow-tech-osu018 has the standard cells' timing and area.
inline constexpr std::string_view kLiberty = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
inline constexpr int kClockPs = 10000;  // of the standard cells' timing: only its slack is used

// Yosys' techmaps, which the scripts expect in its folder. (Made by vta_embed.)
const std::vector<EmbeddedFile>& technology_maps();

// Reads the sources (names in Yosys' folder) and leaves the module `top`, flat, in cells of the
// FPGA family. `options` are those of the family's command, beside its own.
std::string fpga_script(const Family& family, std::span<const std::string> sources,
                        std::string_view top, std::string_view options = "");

// The same in standard cells. The modules of the files `boxes` stay empty boxes. Expects the file
// abc.constr in Yosys' folder (asic_constraints).
std::string asic_script(std::span<const std::string> sources, std::span<const std::string> boxes,
                        std::string_view top);
std::string_view asic_constraints();

}  // namespace vta::synth
