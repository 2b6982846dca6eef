// Programs that devices once disagreed about, made small by vta fuzz: all devices agree on them,
// twice in a row, the second time with the scratchpads as the first left them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "vta/fuzz/device.h"
#include "vta/sim/replay.h"

namespace vta {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> traces() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator("tests/regressions")) {
    if (entry.path().extension() == ".vtatrace") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

struct Result {
  std::optional<uint64_t> fault;
  std::vector<std::vector<uint8_t>> outputs;
  std::optional<sim::Timing> timing;
};

Result run(const sim::Trace& trace, sim::Simulator& simulator) {
  sim::Dram dram;
  place_segments(trace, dram);
  Result result;
  try {
    simulator.run(dram, trace.insn_addr, trace.insn_count);
    const auto* timed = dynamic_cast<sim::TimedSimulator*>(&simulator);
    if (timed != nullptr) result.timing = timed->timing();
  } catch (const sim::Fault& fault) {
    result.fault = fault.instruction();
  }
  for (const auto& block : trace.outputs) {
    const auto bytes = dram.at(block.address, block.bytes.size());
    result.outputs.emplace_back(bytes.begin(), bytes.end());
  }
  return result;
}

void expect_equal(const Result& got, const Result& right, const std::string& device) {
  EXPECT_EQ(got.fault, right.fault) << device;
  EXPECT_TRUE(right.fault || got.outputs == right.outputs) << device;
  if (!got.timing || !right.timing) return;
  EXPECT_EQ(got.timing->cycles, right.timing->cycles) << device;
  EXPECT_EQ(got.timing->attribution, right.timing->attribution) << device;
  for (size_t i = 0; i < right.timing->instructions.size(); ++i) {
    EXPECT_EQ(got.timing->instructions.at(i).start, right.timing->instructions[i].start) << i;
    EXPECT_EQ(got.timing->instructions.at(i).end, right.timing->instructions[i].end) << i;
  }
}

class Regressions : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, Regressions, testing::ValuesIn(traces()),
                         [](const auto& trace) { return trace.param; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Regressions);

TEST_P(Regressions, AllDevicesAgree) {
  const sim::Trace trace = sim::load_trace("tests/regressions/" + GetParam() + ".vtatrace");
  const auto reference = fuzz::device("ref").make(trace.config);
  const auto functional = fuzz::device("fsim").make(trace.config);
  const auto model = fuzz::device("tsim").make(trace.config);
  const auto rtl = fuzz::device("rtl").make(trace.config);
  for (int time = 0; time < 2; ++time) {
    const Result right = run(trace, *reference);
    if (time == 0 && !right.fault) {
      for (size_t b = 0; b < trace.outputs.size(); ++b) {
        EXPECT_EQ(right.outputs[b], trace.outputs[b].bytes) << "ref";
      }
    }
    expect_equal(run(trace, *functional), right, "fsim");
    const Result modelled = run(trace, *model);
    expect_equal(modelled, right, "tsim");
    expect_equal(run(trace, *rtl), modelled, "rtl");
    if (right.fault) break;  // what the scratchpads hold then is not the same everywhere
  }
}

}  // namespace
}  // namespace vta
