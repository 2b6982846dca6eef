// What tests of time share: configurations, and how two timings differ.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "vta/isa/assembly.h"
#include "vta/sim/timing.h"

namespace vta::sim {

struct TimedShape {
  int batch, block_in, block_out, inp_bits, wgt_bits;
};

inline hw::Config timed_configuration(TimedShape shape, int alu_lanes, int requantise_lanes,
                                      int bus_bits, double bytes_per_cycle, int latency) {
  hw::Config c = hw::load_config("default");
  c.batch = shape.batch;
  c.block_in = shape.block_in;
  c.block_out = shape.block_out;
  c.depthwise_taps = c.block_in >= 3 && c.block_out >= c.block_in ? 3 : 0;
  c.inp_bits = shape.inp_bits;
  c.wgt_bits = shape.wgt_bits;
  c.inp_buffer = 256 * c.element_bytes(hw::Memory::kInp);
  c.wgt_buffer = 128 * c.element_bytes(hw::Memory::kWgt);
  c.acc_buffer = 256 * c.element_bytes(hw::Memory::kAcc);
  c.uop_buffer = 256 * c.element_bytes(hw::Memory::kUop);
  c.alu_lanes = alu_lanes;
  c.requantise_lanes = requantise_lanes;
  c.bus_bits = bus_bits;
  c.memory_bytes_per_cycle = bytes_per_cycle;
  c.memory_latency_cycles = latency;
  c.name = fmt::format("{}x{}x{}_bus{}_{}bytes_latency{}", shape.batch, shape.block_in,
                       shape.block_out, bus_bits, bytes_per_cycle, latency);
  hw::validate(c, c.name);
  return c;
}

inline std::vector<hw::Config> timed_configurations() {
  std::vector<hw::Config> result = {
      timed_configuration({1, 16, 16, 8, 8}, 16, 16, 128, 16, 64),
      timed_configuration({1, 16, 16, 8, 8}, 16, 4, 128, 5.3, 7),
      timed_configuration({1, 16, 16, 8, 8}, 4, 1, 64, 8, 300),
      timed_configuration({4, 8, 8, 8, 8}, 32, 8, 512, 64, 1),
      timed_configuration({1, 4, 4, 8, 8}, 4, 4, 256, 20, 33),
      timed_configuration({2, 16, 4, 4, 4}, 2, 8, 64, 1.7, 20),
      timed_configuration({8, 2, 4, 4, 8}, 32, 16, 512, 3, 100),
      timed_configuration({1, 32, 32, 8, 4}, 8, 32, 256, 32, 10),
  };
  result[1].command_queue_depth = 4;
  result[3].command_queue_depth = 8;
  for (const char* preset : {"tiny", "default", "hx8k"}) result.push_back(hw::load_config(preset));
  result.back().address_bits = 20;  // what the programs need
  return result;
}

inline std::string timed_configuration_name(const testing::TestParamInfo<hw::Config>& info) {
  std::string name = fmt::format("{}_{}", info.index, info.param.name);
  std::ranges::replace(name, '.', '_');
  return name;
}

// What differs, a line each; of the instructions the first one.
inline std::string timing_difference(std::span<const isa::Instruction> program, const Timing& got,
                                     const Timing& expected) {
  std::string text;
  for (size_t i = 0; i < program.size(); ++i) {
    if (got.instructions[i] == expected.instructions[i]) continue;
    text +=
        fmt::format("instruction {} ({}): got [{}, {}], expected [{}, {}]\n", i,
                    isa::to_string(program[i]), got.instructions[i].start, got.instructions[i].end,
                    expected.instructions[i].start, expected.instructions[i].end);
    break;
  }
  for (size_t unit = 0; unit < kTimedUnitNames.size(); ++unit) {
    for (size_t cause = 0; cause < kCauseNames.size(); ++cause) {
      const uint64_t a = got.attribution[unit][cause];
      const uint64_t b = expected.attribution[unit][cause];
      if (a == b) continue;
      text += fmt::format("{} {}: got {}, expected {}\n", kTimedUnitNames[unit], kCauseNames[cause],
                          a, b);
    }
  }
  if (got.dispatched != expected.dispatched) text += "the dispatches differ\n";
  if (got.cycles != expected.cycles) {
    text += fmt::format("cycles: got {}, expected {}\n", got.cycles, expected.cycles);
  }
  return text;
}

}  // namespace vta::sim
