// The recorded programs: every output byte on every simulator and under several seeds, and each
// program encoded again from its decoded form.
#include <gtest/gtest.h>

#include <algorithm>

#include "vta/sim/recorded_traces.h"
#include "vta/sim/replay.h"
#include "vta/sim/test_machine.h"

namespace vta::sim {
namespace {

class RecordedTraces : public testing::Test {
 protected:
  void SetUp() override {
    if (files_.empty()) GTEST_SKIP() << "no recorded programs here; VTA_TRACES names their folder";
  }
  std::vector<std::filesystem::path> files_ = trace_files();
};

TEST_F(RecordedTraces, MatchOnEverySimulator) {
  for (const auto& file : files_) {
    const Trace trace = load_trace(file);
    for (const std::string& name : test_simulators()) {
      const Replay result = replay(trace, *make_test_simulator(name, trace.config));
      EXPECT_FALSE(result.difference)
          << file << " on " << name << ": " << to_string(*result.difference);
      EXPECT_EQ(result.counters.instructions, trace.insn_count);
    }
  }
}

TEST_F(RecordedTraces, MatchUnderEverySeed) {
  for (const auto& file : files_) {
    const Trace trace = load_trace(file);
    for (uint64_t seed = 1; seed <= 8; ++seed) {
      const Replay result = replay(trace, *make_reference(trace.config, seed));
      EXPECT_FALSE(result.difference)
          << file << " under seed " << seed << ": " << to_string(*result.difference);
    }
  }
}

TEST_F(RecordedTraces, EncodeAgainToTheSameBytes) {
  for (const auto& file : files_) {
    const Trace trace = load_trace(file);
    const isa::Program program = program_of(trace);
    const isa::Encoding encoding(trace.config);
    std::vector<uint8_t> bytes = encode_instructions(program);
    Dram dram;
    place_segments(trace, dram);
    EXPECT_TRUE(std::ranges::equal(bytes, dram.at(trace.insn_addr, bytes.size()))) << file;
    for (const auto& [element, uop] : program.uops) {
      bytes.clear();
      encoding.encode(uop, bytes);
      EXPECT_TRUE(std::ranges::equal(bytes, dram.at(element * bytes.size(), bytes.size())))
          << file << ", micro-op at element " << element;
    }
  }
}

TEST_F(RecordedTraces, FormatAndParseAgain) {
  const Trace trace = load_trace(files_.front());
  const Trace again = parse_trace(format_trace(trace));
  EXPECT_EQ(again.name, trace.name);
  EXPECT_EQ(again.config.fingerprint(), trace.config.fingerprint());
  EXPECT_EQ(again.segments, trace.segments);
  EXPECT_EQ(again.outputs, trace.outputs);
}

}  // namespace
}  // namespace vta::sim
