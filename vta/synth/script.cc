#include "vta/synth/script.h"

#include <fmt/format.h>

namespace vta::synth {

// The multipliers' modules, kept apart so that nothing is packed into them that does not belong
// there, dissolve once the families' packing is done.
std::string fpga_script(const Family& family, std::span<const std::string> sources,
                        std::string_view top, std::string_view options) {
  return fmt::format(
      "read_verilog -sv {}\nhierarchy -check -top {}\n{} {} -top {}\n"
      "setattr -mod -unset keep_hierarchy\nflatten\nopt_clean -purge\n",
      fmt::join(sources, " "), top, family.command, options, top);
}

// Without -constr abc would leave out buffers.
std::string asic_script(std::span<const std::string> sources, std::span<const std::string> boxes,
                        std::string_view top) {
  std::string script;
  if (!boxes.empty()) script = fmt::format("read_verilog -sv -lib {}\n", fmt::join(boxes, " "));
  return script + fmt::format(
                      "read_verilog -sv {0}\nhierarchy -check -top {1}\n"
                      "setattr -mod -unset keep_hierarchy\nsynth -flatten -top {1}\n"
                      "dfflibmap -liberty {2}\nabc -D {3} -constr abc.constr -liberty {2}\n"
                      "setundef -zero\nsplitnets\nopt_clean -purge\n",
                      fmt::join(sources, " "), top, kLiberty, kClockPs);
}

std::string_view asic_constraints() {
  return "set_driving_cell BUFX4\nset_load 0.05 [all_outputs]\n";
}

}  // namespace vta::synth
