#include "vta/fuzz/observe.h"

#include "vta/fuzz/uop_buffer.h"
#include "vta/sim/checks.h"

namespace vta::fuzz {

Observation::Observation(const Case& a_case, const std::optional<sim::Timing>& its_timing)
    : c(a_case), program(a_case.program), timing(its_timing) {
  if (!legal()) return;
  check = isa::check(program);
  isa::CheckReport unused;
  for (const auto& footprint : footprints(program, unused)) dram.push_back(footprint.dram);
  UopBuffer buffer(program);
  for (uint32_t k = 0; k < program.instructions.size(); ++k) {
    const isa::Instruction& i = program.instructions[k];
    buffer.load(i);
    if (!i.has_micro_ops() || buffer.of(i).empty()) continue;
    for (uint64_t outer = 0; outer < i.iter_out; ++outer) {
      for (uint64_t inner = 0; inner < i.iter_in; ++inner) {
        for (const isa::MicroOp& uop : buffer.of(i)) {
          if (slots.size() == kMostSlots) return;
          const sim::Indices at = sim::indices_of(i, uop, outer, inner);
          slots.push_back({k, static_cast<uint32_t>(at.dst), static_cast<uint32_t>(at.src),
                           static_cast<uint32_t>(at.wgt)});
        }
      }
    }
  }
}

}  // namespace vta::fuzz
