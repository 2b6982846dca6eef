// Replays a recorded program on a simulator and compares what it leaves with the record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vta/sim/simulator.h"
#include "vta/sim/trace.h"

namespace vta::sim {

// The first byte, in the order of the trace's outputs, that is not as recorded.
struct Difference {
  uint64_t address = 0;
  uint8_t got = 0;
  uint8_t expected = 0;
  // The last STORE in program order that covers the address: its index and text; none if none does.
  std::optional<uint64_t> writer;
  std::string writer_text;
};

struct Replay {
  Counters counters;
  double seconds = 0;  // of the run, wall clock
  std::optional<Difference> difference;
};

// Runs the trace in a DRAM of its own. Throws Fault as the simulator does.
Replay replay(const Trace& trace, Simulator& simulator);

// "first difference at 0x1040: got 0x12, expected 0x34, written by instruction 5 (store.out …)".
std::string to_string(const Difference& difference);

}  // namespace vta::sim
