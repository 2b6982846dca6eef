// What a program does at least: its work counted from the instructions alone, and the cycles that
// no accelerator of the configuration can do without. A measured number of cycles is shown beside
// these.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "vta/sim/simulator.h"

namespace vta::sim {

// What a simulator counts when it executes the instructions. None of them is checked.
Counters work_of(const hw::Config& config, std::span<const isa::Instruction> instructions);

// Lower bounds in cycles, each as if the other resources were infinitely fast.
struct Bounds {
  uint64_t mac = 0;  // GEMM micro-ops that multiply: one a cycle
  uint64_t alu = 0;  // ALU micro-ops: vector / alu_lanes each, requantise vector / requantise_lanes
  uint64_t dram = 0;   // bytes loaded, stored and fetched / memory_bytes_per_cycle
  uint64_t issue = 0;  // fetched bytes / memory_bytes_per_cycle, and one instruction a cycle
  uint64_t largest() const { return std::max({mac, alu, dram, issue}); }
  bool operator==(const Bounds&) const = default;
};
Bounds bounds_of(const hw::Config& config, std::span<const isa::Instruction> instructions);

}  // namespace vta::sim
