// The cycle-exact model against docs/hardware.md, as cycle_oracle.cc transcribes it, on random
// programs.
#include <gtest/gtest.h>

#include <numeric>

#include "vta/isa/assembly.h"
#include "vta/sim/cycle_oracle.h"
#include "vta/sim/executor.h"
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

class TimedModel : public testing::TestWithParam<hw::Config> {};

INSTANTIATE_TEST_SUITE_P(Configurations, TimedModel, testing::ValuesIn(timed_configurations()),
                         timed_configuration_name);

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

}  // namespace
}  // namespace vta::sim
