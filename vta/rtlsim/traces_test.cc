// The recorded programs on the RTL: every output byte, and every cycle of the cycle-exact model.
#include <gtest/gtest.h>

#include <cstdlib>

#include "vta/rtlsim/rtl.h"
#include "vta/sim/replay.h"

namespace vta::rtlsim {
namespace {

namespace fs = std::filesystem;

std::string first_difference(const sim::Timing& rtl, const sim::Timing& model) {
  for (size_t i = 0; i < rtl.instructions.size(); ++i) {
    const auto& [start, end] = rtl.instructions[i];
    const auto& expected = model.instructions.at(i);
    if (rtl.instructions[i] == expected && rtl.dispatched[i] == model.dispatched.at(i)) continue;
    return fmt::format("instruction {}: dispatched at {}, runs {} to {}; in the model {}, {} to {}",
                       i, rtl.dispatched[i], start, end, model.dispatched[i], expected.start,
                       expected.end);
  }
  if (rtl.cycles != model.cycles) {
    return fmt::format("{} cycles, in the model {}", rtl.cycles, model.cycles);
  }
  for (size_t unit = 0; unit < rtl.attribution.size(); ++unit) {
    for (size_t cause = 0; cause < rtl.attribution[unit].size(); ++cause) {
      if (rtl.attribution[unit][cause] == model.attribution[unit][cause]) continue;
      return fmt::format("{} cycles of {} are {}, in the model {}", rtl.attribution[unit][cause],
                         sim::kTimedUnitNames[unit], sim::kCauseNames[cause],
                         model.attribution[unit][cause]);
    }
  }
  return "";
}

TEST(RecordedTraces, MatchOnTheRtlAndItsModel) {
  const char* variable = std::getenv("VTA_TRACES");
  const fs::path folder = variable != nullptr ? variable : "../shared/traces";
  if (!fs::is_directory(folder)) {
    GTEST_SKIP() << "no recorded programs here; VTA_TRACES names their folder";
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".vtatrace") continue;
    const sim::Trace trace = sim::load_trace(entry.path());
    const auto rtl = make_rtl(trace.config);
    const auto model = sim::make_timed(trace.config);
    const sim::Replay on_rtl = replay(trace, *rtl);
    const sim::Replay on_model = replay(trace, *model);
    EXPECT_FALSE(on_rtl.difference) << entry.path() << ": " << to_string(*on_rtl.difference);
    EXPECT_FALSE(on_model.difference) << entry.path() << ": " << to_string(*on_model.difference);
    EXPECT_EQ(on_rtl.counters, on_model.counters) << entry.path();
    EXPECT_EQ(first_difference(rtl->timing(), model->timing()), "") << entry.path();
  }
}

}  // namespace
}  // namespace vta::rtlsim
