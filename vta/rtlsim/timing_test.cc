// The RTL against the cycle-exact model: dispatch, start and end of every instruction, and the
// cause of every cycle, on random programs and on the recorded ones.
#include <cstdlib>

#include "vta/rtlsim/rtl.h"
#include "vta/sim/recorded_traces.h"
#include "vta/sim/replay.h"
#include "vta/sim/timed_random_program.h"
#include "vta/sim/timed_testing.h"

namespace vta::rtlsim {
namespace {

// Not all, as each is a build of its own; vta fuzz has yet others.
std::vector<hw::Config> some_configurations() {
  const auto all = sim::timed_configurations();
  return {all[5], all[6], all[8], all[9], all[10]};
}

class RtlTiming : public testing::TestWithParam<hw::Config> {};

INSTANTIATE_TEST_SUITE_P(Configurations, RtlTiming, testing::ValuesIn(some_configurations()),
                         sim::timed_configuration_name);

int programs() {
  const char* count = std::getenv("VTA_TIMED_PROGRAMS");
  return count ? std::atoi(count) : 30;
}

TEST_P(RtlTiming, IsThatOfTheModelOnRandomPrograms) {
  const hw::Config& config = GetParam();
  const auto model = sim::make_timed(config, {.values = false});
  const auto rtl = make_rtl(config);
  for (int seed = 1; seed <= programs(); ++seed) {
    sim::TimedRandomProgram random(config, static_cast<uint64_t>(seed), 5 + seed % 60);
    sim::Dram dram(sim::TimedRandomProgram::kDramBytes);
    const uint64_t address = random.write_to(dram);
    const uint64_t count = random.instructions().size();
    model->run(dram, address, count);
    rtl->run(dram, address, count);
    ASSERT_EQ(timing_difference(random.instructions(), rtl->timing(), model->timing()), "")
        << "program of seed " << seed;
  }
}

TEST(RecordedTraces, MatchOnTheRtlAndItsModel) {
  const auto files = sim::trace_files();
  if (files.empty()) GTEST_SKIP() << "no recorded programs here; VTA_TRACES names their folder";
  for (const auto& file : files) {
    const sim::Trace trace = sim::load_trace(file);
    const auto model = sim::make_timed(trace.config);
    const auto rtl = make_rtl(trace.config);
    const sim::Replay on_model = replay(trace, *model);
    const sim::Replay on_rtl = replay(trace, *rtl);
    EXPECT_FALSE(on_model.difference) << file << ": " << to_string(*on_model.difference);
    EXPECT_FALSE(on_rtl.difference) << file << ": " << to_string(*on_rtl.difference);
    EXPECT_EQ(on_rtl.counters, on_model.counters) << file;
    EXPECT_EQ(timing_difference(program_of(trace).instructions, rtl->timing(), model->timing()), "")
        << file;
  }
}

}  // namespace
}  // namespace vta::rtlsim
