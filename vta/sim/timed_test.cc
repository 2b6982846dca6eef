// The cycle-exact model against docs/hardware.md, as cycle_oracle.cc transcribes it, on random
// programs.
#include <gtest/gtest.h>

#include <numeric>

#include "vta/isa/assembly.h"
#include "vta/sim/cycle_oracle.h"
#include "vta/sim/executor.h"
#include "vta/sim/timed_random_program.h"
#include "vta/sim/units.h"

namespace vta::sim {
namespace {

using hw::Memory;

struct Shape {
  int batch, block_in, block_out, inp_bits, wgt_bits;
};

hw::Config configuration(Shape shape, int alu_lanes, int requantise_lanes, int bus_bits,
                         double bytes_per_cycle, int latency) {
  hw::Config c = hw::load_config("default");
  c.batch = shape.batch;
  c.block_in = shape.block_in;
  c.block_out = shape.block_out;
  c.inp_bits = shape.inp_bits;
  c.wgt_bits = shape.wgt_bits;
  c.inp_buffer = 256 * c.element_bytes(Memory::kInp);
  c.wgt_buffer = 128 * c.element_bytes(Memory::kWgt);
  c.acc_buffer = 256 * c.element_bytes(Memory::kAcc);
  c.uop_buffer = 256 * c.element_bytes(Memory::kUop);
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

std::vector<hw::Config> configurations() {
  std::vector<hw::Config> result = {
      configuration({1, 16, 16, 8, 8}, 16, 16, 128, 16, 64),
      configuration({1, 16, 16, 8, 8}, 16, 4, 128, 5.3, 7),
      configuration({1, 16, 16, 8, 8}, 4, 1, 64, 8, 300),
      configuration({4, 8, 8, 8, 8}, 32, 8, 512, 64, 1),
      configuration({1, 4, 4, 8, 8}, 4, 4, 256, 20, 33),
      configuration({2, 16, 4, 4, 4}, 2, 8, 64, 1.7, 20),
      configuration({8, 2, 4, 4, 8}, 32, 16, 512, 3, 100),
      configuration({1, 32, 32, 8, 4}, 8, 32, 256, 32, 10),
  };
  result[1].command_queue_depth = 4;
  result[3].command_queue_depth = 8;
  for (const char* preset : {"tiny", "default"}) result.push_back(hw::load_config(preset));
  return result;
}

// The program, with the micro-ops that each instruction runs over.
std::vector<OracleInstruction> with_micro_ops(Executor& executor, const hw::Config& config,
                                              Dram& dram, uint64_t address, uint64_t count) {
  std::vector<OracleInstruction> program(count);
  Counters counters;
  run_units(isa::Encoding(config), dram, address, count, 0, [&](const Site& site) {
    executor.execute(site, dram, counters);
    const isa::Instruction& i = site.instruction;
    program[site.index].instruction = i;
    if (micro_op_count(i) > 0) {
      program[site.index].uops.assign(executor.uops() + i.uop_begin, executor.uops() + i.uop_end);
    }
  });
  return program;
}

std::string difference(const std::vector<OracleInstruction>& program, const Timing& got,
                       const Timing& expected) {
  std::string text;
  for (size_t i = 0; i < program.size(); ++i) {
    if (got.instructions[i] == expected.instructions[i]) continue;
    text += fmt::format("instruction {} ({}): got [{}, {}], expected [{}, {}]\n", i,
                        isa::to_string(program[i].instruction), got.instructions[i].start,
                        got.instructions[i].end, expected.instructions[i].start,
                        expected.instructions[i].end);
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
  if (got.dispatched != expected.dispatched) text += "dispatched differ\n";
  if (got.cycles != expected.cycles) {
    text += fmt::format("cycles: got {}, expected {}\n", got.cycles, expected.cycles);
  }
  return text;
}

class TimedModel : public testing::TestWithParam<hw::Config> {};

std::string test_name(const testing::TestParamInfo<hw::Config>& info) {
  std::string name = fmt::format("{}_{}", info.index, info.param.name);
  std::ranges::replace(name, '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Configurations, TimedModel, testing::ValuesIn(configurations()),
                         test_name);

int programs() {
  const char* count = std::getenv("VTA_TIMED_PROGRAMS");
  return count ? std::atoi(count) : 30;
}

TEST_P(TimedModel, HasTheCyclesAndCausesOfTheContract) {
  const hw::Config& config = GetParam();
  const auto timing_only = make_timed(config, {.values = false});
  const auto with_values = make_timed(config);
  const auto executor = make_micro_op_executor(config);  // its micro-ops last, too
  for (int seed = 1; seed <= programs(); ++seed) {
    TimedRandomProgram random(config, static_cast<uint64_t>(seed), 5 + seed % 60);
    Dram dram(TimedRandomProgram::kDramBytes);
    const uint64_t address = random.write_to(dram);
    const uint64_t count = random.instructions().size();
    const auto program = with_micro_ops(*executor, config, dram, address, count);
    const Timing expected = cycle_oracle(config, address, program, 20'000'000);
    const Counters counters = timing_only->run(dram, address, count);
    const Timing& got = timing_only->timing();
    const std::string text = difference(program, got, expected);
    ASSERT_EQ(text, "") << "program of seed " << seed;
    for (const auto& causes : got.attribution) {
      ASSERT_EQ(std::accumulate(causes.begin(), causes.end(), uint64_t{0}), got.cycles);
    }
    ASSERT_EQ(with_values->run(dram, address, count), counters);
    ASSERT_EQ(difference(program, with_values->timing(), got), "") << "with values";
  }
}

}  // namespace
}  // namespace vta::sim
