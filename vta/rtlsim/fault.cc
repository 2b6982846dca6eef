#include "vta/rtlsim/fault.h"

#include "vta/sim/checks.h"
#include "vta/sim/units.h"

namespace vta::rtlsim {

namespace {

using rtl::FaultCode;
using sim::Fault;
using sim::Site;

std::string_view text_of(FaultCode code) {
  switch (code) {
    case FaultCode::kSramRange:
      return "an index of a micro-op is beyond its scratchpad's depth";
    case FaultCode::kTokenOverflow:
      return "a token queue that it pushes to is already full";
    case FaultCode::kBus:
      return "the memory answered with an error";
    default:
      return rtl::describe(code).doc;
  }
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
  const isa::Instruction instruction =
      fetch_instruction(encoding, dram, address, count, fault.instruction);
  const Site site{fault.instruction, instruction};
  check_instruction(site, encoding.config(), dram);
  sim::fault(site, std::string(text_of(fault.code)));
}

}  // namespace vta::rtlsim
