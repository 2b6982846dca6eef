// What the benchmarks share: CPU time, the machine's name, a program's output.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vta/sim/trace.h"

namespace vta::bench {

double cpu_seconds();     // of this thread, since some point in the past
std::string cpu_model();  // as the system names it

// The bytes of the trace's outputs as they lie in `dram`, one after the other.
std::vector<uint8_t> output_bytes(const sim::Trace& trace, const sim::Dram& dram);

}  // namespace vta::bench
