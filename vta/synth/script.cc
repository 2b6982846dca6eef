#include "vta/synth/script.h"

#include <fmt/format.h>

namespace vta::synth {

// The multipliers' modules, kept apart so that nothing is packed into them that does not belong
// there, dissolve once the families' packing is done.
std::string fpga_script(const Family& family, std::span<const std::string> sources,
                        std::string_view top, std::string_view options) {
  return fmt::format(
      "read_verilog -sv {}\nhierarchy -check -top {}\n{}{} {} -top {}\n"
      "setattr -mod -unset keep_hierarchy\nflatten\nopt_clean -purge\n",
      fmt::join(sources, " "), top, family.before, family.command, options, top);
}

// Modules are made gates one by one, which is quicker than all at once. Of abc's usual steps &fraig
// is left out, which does not end on as many multipliers; without -constr there would be no
// buffers.
std::string asic_script(std::span<const std::string> sources, std::span<const std::string> boxes,
                        std::string_view top) {
  std::string script;
  if (!boxes.empty()) script = fmt::format("read_verilog -sv -lib {}\n", fmt::join(boxes, " "));
  return script + fmt::format(
                      "read_verilog -sv {0}\nhierarchy -check -top {1}\n"
                      "setattr -mod -unset keep_hierarchy\nsynth -top {1}\nflatten\nopt -fast\n"
                      "dfflibmap -liberty {2}\n"
                      "abc -script +strash;dch,-f;amap,-m;buffer,-c;upsize,-D,{3};dnsize,-D,{3} "
                      "-constr abc.constr -liberty {2}\n"
                      "setundef -zero\nsplitnets\nopt_clean -purge\n",
                      fmt::join(sources, " "), top, kLiberty, kClockPs);
}

std::string_view asic_constraints() {
  return "set_driving_cell BUFX4\nset_load 0.05 [all_outputs]\n";
}

}  // namespace vta::synth
