// The RTL as a simulator: Verilated for a configuration, built once and kept (see build.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "vta/hw/config.h"
#include "vta/sim/timing.h"

namespace vta::rtlsim {

struct RtlOptions {
  // An FST file with every signal in the cycles [wave_begin, wave_end), counted over all runs;
  // empty: none. It is complete when the simulator is gone.
  std::filesystem::path wave = {};
  uint64_t wave_begin = 0;
  uint64_t wave_end = UINT64_MAX;
  // DRAM bytes of which an access is answered with an error.
  uint64_t error_begin = UINT64_MAX;
  uint64_t error_end = UINT64_MAX;
  // The cycle in which the host begins to stop the run, which then ends with a Fault.
  uint64_t stop_cycle = UINT64_MAX;
};

// Scratchpads keep their contents over runs. A run throws sim::Fault as other simulators do, and
// Error when the hardware breaks a rule: an assertion, AXI, no progress, counters that are wrong.
// Throws Error when the library cannot be built or the wave file not written.
std::unique_ptr<sim::TimedSimulator> make_rtl(const hw::Config& config,
                                              const RtlOptions& options = {});

}  // namespace vta::rtlsim
