// Bytes as a recorded program: an Error, or one that comes back from being written; decoding its
// instructions and micro-ops ends in an Error or a program.
#include <cstdlib>

#include "vta/base/error.h"
#include "vta/sim/trace.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const vta::sim::Trace trace = vta::sim::parse_trace({data, size});
    const std::vector<uint8_t> written = vta::sim::format_trace(trace);
    if (vta::sim::format_trace(vta::sim::parse_trace(written)) != written) std::abort();
    vta::sim::program_of(trace);
  } catch (const vta::Error&) {
  }
  return 0;
}
