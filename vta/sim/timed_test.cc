// The cycle-exact model against docs/hardware.md, as cycle_oracle.cc transcribes it, on random
// programs.
#include <gtest/gtest.h>

#include <numeric>

#include "vta/isa/assembly.h"
#include "vta/sim/cycle_oracle.h"
#include "vta/sim/executor.h"
#include "vta/sim/test_machine.h"
#include "vta/sim/timed/consumption.h"
#include "vta/sim/timed_random_program.h"
#include "vta/sim/timed_testing.h"
#include "vta/sim/units.h"

namespace vta::sim {
namespace {

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

class TimedModels : public testing::TestWithParam<hw::Config> {};

INSTANTIATE_TEST_SUITE_P(Configurations, TimedModels, testing::ValuesIn(timed_configurations()),
                         timed_configuration_name);

int programs() {
  const char* count = std::getenv("VTA_TIMED_PROGRAMS");
  return count ? std::atoi(count) : 30;
}

TEST_P(TimedModels, HasTheCyclesAndCausesOfTheContract) {
  const hw::Config& config = GetParam();
  const auto timing_only = make_timed(config, {.values = false});
  const auto with_values = make_timed(config);
  const auto executor = make_micro_op_executor(config);  // its micro-ops last, too
  for (int seed = 1; seed <= programs(); ++seed) {
    const int instructions = seed % 10 == 0 ? 500 : 5 + seed % 60;
    TimedRandomProgram random(config, static_cast<uint64_t>(seed), instructions);
    Dram dram(TimedRandomProgram::kDramBytes);
    const uint64_t address = random.write_to(dram);
    const uint64_t count = random.instructions().size();
    const auto program = with_micro_ops(*executor, config, dram, address, count);
    const Timing expected = cycle_oracle(config, address, program, 20'000'000);
    const Counters counters = timing_only->run(dram, address, count);
    const Timing& got = timing_only->timing();
    const std::string text = timing_difference(random.instructions(), got, expected);
    ASSERT_EQ(text, "") << "program of seed " << seed;
    for (const auto& causes : got.attribution) {
      ASSERT_EQ(std::accumulate(causes.begin(), causes.end(), uint64_t{0}), got.cycles);
    }
    ASSERT_EQ(with_values->run(dram, address, count), counters);
    ASSERT_EQ(timing_difference(random.instructions(), with_values->timing(), got), "")
        << "with values";
  }
}

// The units that run one instruction at a time never meet it.
TEST(TimedModel, FaultsWhereUnitsThatRunAheadOverflowATokenQueue) {
  hw::Config config = hw::load_config("tiny");
  config.token_queue_depth = 16;
  TestMachine machine(config);
  for (int i = 0; i < 20; ++i) {
    machine.push(
        {.opcode = isa::Opcode::kLoad, .push_next = true, .memory = isa::MemoryType::kInp});
    isa::Instruction slow = machine.over(isa::Opcode::kGemm, 1);
    slow.pop_prev = true;
    slow.iter_in = 1000;
    machine.push(slow);
  }
  try {
    machine.run(*make_timed(config));
    FAIL() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_STREQ(fault.what(),
                 "instruction 36 (load.inp push_next): the token queue from load to compute "
                 "already holds 16 tokens, its depth");
  }
}

TEST(Consumption, IsThatOfBeatsOneAfterTheOther) {
  std::mt19937_64 random(1);
  const auto below = [&](uint64_t limit) { return random() % limit; };
  for (int i = 0; i < 2000; ++i) {
    const timed::Burst burst{.beats = 1 + below(16),
                             .first = 1 + below(5),
                             .middle = 1 + below(5),
                             .last = 1 + below(5)};
    const MemoryTiming::Read read{.begin = below(40 << 16), .cost = (1 << 16) + below(8 << 16)};
    const uint64_t delay = below(3);
    const uint64_t from = below(80);
    const timed::Consumption consumption(burst, read, delay, from);
    std::vector<bool> busy(1000);
    uint64_t free = from;
    for (uint64_t k = 0; k < burst.beats; ++k) {
      free = std::max(free, read.ready(k) + delay);
      const uint64_t cycles = k == 0                 ? burst.first
                              : k + 1 == burst.beats ? burst.last
                                                     : burst.middle;
      for (uint64_t c = 0; c < cycles; ++c) busy[free++] = true;
      ASSERT_EQ(consumption.done(k), free - 1) << "beat " << k << " of " << burst.beats;
    }
    EXPECT_EQ(consumption.first(), std::max(from, read.ready(0) + delay));
    EXPECT_EQ(consumption.last(), free - 1);
    uint64_t before = 0;
    for (size_t t = 0; t < busy.size(); ++t) {
      ASSERT_EQ(consumption.cycles_before(t), before) << "cycle " << t;
      before += busy[t] ? 1 : 0;
    }
  }
}

}  // namespace
}  // namespace vta::sim
