// What a simulator that knows time says about a run. docs/hardware.md defines every cycle and
// cause.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "vta/sim/simulator.h"

namespace vta::sim {

// The one cause of a cycle of a unit; the number is that of the RTL's counter.
enum class Cause : uint8_t {
  kWorking = 0,
  kTokenPrev = 1,
  kTokenNext = 2,
  kDmaLatency = 3,
  kDmaBandwidth = 4,
  kArbitration = 5,
  kIssue = 6,
  kQueueFull = 7,
  kPipeline = 8,
  kDrained = 9,
};
inline constexpr std::array<std::string_view, 10> kCauseNames = {
    "working",     "token_prev", "token_next", "dma_latency", "dma_bandwidth",
    "arbitration", "issue",      "queue_full", "pipeline",    "drained"};

inline constexpr std::array<std::string_view, 4> kTimedUnitNames = {"fetch", "load", "compute",
                                                                    "store"};

// First and last cycle of an instruction.
struct InstructionTime {
  uint64_t start = 0;
  uint64_t end = 0;
  bool operator==(const InstructionTime&) const = default;
};

struct Timing {
  uint64_t cycles = 0;
  // Cycles by unit (kTimedUnitNames) and cause; each unit's sum to `cycles`.
  std::array<std::array<uint64_t, kCauseNames.size()>, kTimedUnitNames.size()> attribution{};
  std::vector<InstructionTime> instructions;  // by index in the program
  // The cycle in which fetch handed each instruction to its command queue, by index.
  std::vector<uint64_t> dispatched;
};

class TimedSimulator : public Simulator {
 public:
  virtual const Timing& timing() const = 0;  // of the last run
};

struct TimedOptions {
  // Without values DRAM and the scratchpads stay as they are, but for LOADs of micro-ops: time
  // depends on no other data. A program must not STORE the micro-ops that it loads then.
  bool values = true;
};
// The cycle-exact model: the times of the RTL, at a cost that grows with instructions and bursts,
// not with cycles. Values, faults and counters are those of make_functional.
std::unique_ptr<TimedSimulator> make_timed(const hw::Config& config, TimedOptions options = {});

}  // namespace vta::sim
