#include "vta/rtlsim/fault.h"

#include "vta/sim/checks.h"
#include "vta/sim/functional_memory.h"
#include "vta/sim/units.h"

namespace vta::rtlsim {

namespace {

using rtl::FaultCode;
using sim::Fault;
using sim::Site;

// A program in DRAM.
struct Source {
  const isa::Encoding& encoding;
  const sim::Dram& dram;
  uint64_t address;
  uint64_t count;
  isa::Instruction fetch(uint64_t index) const {
    return fetch_instruction(encoding, dram, address, count, index);
  }
};

// The registers do not say which micro-op went wrong: looks for it among those that the program has
// loaded so far. Those of earlier programs are not known here.
void check_micro_ops(const Site& site, const Source& source) {
  const hw::Config& config = source.encoding.config();
  sim::FunctionalMemory memory(config, kernels_of(sim::SimdLevel::kPortable));
  for (uint64_t index = 0; index < site.index; ++index) {
    const isa::Instruction earlier = source.fetch(index);
    if (earlier.opcode != isa::Opcode::kLoad || earlier.memory != isa::MemoryType::kUop) continue;
    check_instruction({index, earlier}, config, source.dram);
    memory.load(earlier, source.dram);
  }
  sim::for_each_micro_op(site.instruction, memory.uops(), [&](const sim::Indices& indices) {
    check_micro_op(site, config, indices);
  });
}

std::string overflow_text(const isa::Instruction& i, const hw::Config& config) {
  const auto unit = static_cast<int>(unit_of(i));
  std::string to;
  if (i.push_prev) to = unit_name(static_cast<isa::Unit>(unit - 1));
  if (i.push_prev && i.push_next) to += " or ";
  if (i.push_next) to += unit_name(static_cast<isa::Unit>(unit + 1));
  return fmt::format("the token queue from {} to {} already holds {} tokens, its depth",
                     unit_name(unit_of(i)), to, config.token_queue_depth);
}

}  // namespace

void throw_fault(const HardwareFault& fault, const isa::Encoding& encoding, const sim::Dram& dram,
                 uint64_t address, uint64_t count) {
  check_program(encoding, dram, address, count);
  switch (fault.code) {
    case FaultCode::kProgram:
      throw Fault(0, fmt::format("the program at {:#x} cannot be run: {}", address,
                                 rtl::describe(fault.code).doc));
    case FaultCode::kStopped:
      throw Fault(fault.instruction, "the host stopped the run");
    case FaultCode::kDeadlock:
      // Where tokens are missing does not depend on time.
      run_units(encoding, dram, address, count, /*seed=*/0, [](const Site&) {});
      throw Fault(fault.instruction, "deadlock");
    default:
      break;
  }
  require(fault.instruction < count,
          "the RTL reports fault {} at instruction {} of a program of {} instructions",
          rtl::describe(fault.code).name, fault.instruction, count);
  const Source source{encoding, dram, address, count};
  const isa::Instruction instruction = source.fetch(fault.instruction);
  const Site site{fault.instruction, instruction};
  check_instruction(site, encoding.config(), dram);
  if (fault.code == FaultCode::kSramRange && instruction.has_micro_ops()) {
    check_micro_ops(site, source);
  }
  if (fault.code == FaultCode::kTokenOverflow) {
    sim::fault(site, overflow_text(instruction, encoding.config()));
  }
  sim::fault(site, std::string(rtl::describe(fault.code).doc));
}

}  // namespace vta::rtlsim
