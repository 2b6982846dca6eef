#include "vta/sim/memory_timing.h"

#include <cmath>

#include "vta/hw/config.h"

namespace vta::sim {

MemoryTiming::MemoryTiming(const hw::Config& config)
    : MemoryTiming(static_cast<uint64_t>(config.memory_latency_cycles),
                   static_cast<uint64_t>(std::llround(kOne * (config.bus_bits / 8) /
                                                      config.memory_bytes_per_cycle))) {}

}  // namespace vta::sim
