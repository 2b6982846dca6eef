#include "vta/sim/chrome_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "vta/base/error.h"

namespace vta::sim {
namespace {

using isa::Instruction;
using isa::MemoryType;
using isa::Opcode;
using nlohmann::json;

// Two loads that overlap; a GEMM that waits for both.
const std::vector<Instruction> kProgram = {
    {.opcode = Opcode::kLoad, .push_next = true, .memory = MemoryType::kInp},
    {.opcode = Opcode::kLoad, .push_next = true, .memory = MemoryType::kWgt},
    {.opcode = Opcode::kGemm, .pop_prev = true},
    {.opcode = Opcode::kFinish, .pop_prev = true}};

json events() {
  Timing timing;
  timing.cycles = 51;
  timing.instructions = {{5, 20}, {9, 24}, {21, 40}, {50, 50}};
  timing.dispatched = {2, 3, 4, 5};
  return json::parse(chrome_trace(kProgram, timing)).at("traceEvents");
}

std::vector<json> with(const std::string& phase, const std::string& name) {
  std::vector<json> found;
  for (const json& event : events()) {
    if (event.at("ph") == phase && (name.empty() || event.at("name") == name))
      found.push_back(event);
  }
  return found;
}

TEST(ChromeTrace, InstructionsAreSlicesWithTheirText) {
  const auto slices = with("X", "");
  ASSERT_EQ(slices.size(), 4U);
  EXPECT_EQ(slices[2].at("name"), "gemm");
  EXPECT_EQ(slices[2].at("ts"), 21);
  EXPECT_EQ(slices[2].at("dur"), 20);
  EXPECT_EQ(slices[2].at("args").at("instruction"), 2);
  EXPECT_EQ(slices[2].at("args").at("text"), "gemm pop_prev");
}

TEST(ChromeTrace, OverlappingInstructionsHaveTracksOfTheirOwn) {
  const auto slices = with("X", "");
  EXPECT_NE(slices[0].at("tid"), slices[1].at("tid"));
  EXPECT_EQ(slices[2].at("tid"), slices[3].at("tid"));
  std::vector<std::string> tracks;
  for (const json& name : with("M", "thread_name")) tracks.push_back(name.at("args").at("name"));
  EXPECT_THAT(tracks, testing::ElementsAre("load", "load, 1 more", "compute"));
}

TEST(ChromeTrace, TokensAreArrowsAndCounters) {
  const auto givers = with("s", "token");
  const auto takers = with("f", "token");
  ASSERT_EQ(givers.size(), 2U);
  ASSERT_EQ(takers.size(), 2U);
  EXPECT_EQ(givers[1].at("ts"), 24);
  EXPECT_EQ(takers[1].at("ts"), 50);
  EXPECT_EQ(givers[1].at("id"), takers[1].at("id"));
  std::vector<std::pair<int, int>> levels;
  for (const json& counter : with("C", "tokens from load to compute")) {
    levels.emplace_back(counter.at("ts"), counter.at("args").at("count"));
  }
  EXPECT_THAT(levels, testing::ElementsAre(std::pair(21, 1), std::pair(22, 0), std::pair(25, 1),
                                           std::pair(51, 0)));
}

TEST(ChromeTrace, CommandQueuesAreCounters) {
  std::vector<std::pair<int, int>> levels;
  for (const json& counter : with("C", "commands of load")) {
    levels.emplace_back(counter.at("ts"), counter.at("args").at("count"));
  }
  EXPECT_THAT(levels, testing::ElementsAre(std::pair(3, 1), std::pair(4, 2), std::pair(6, 1),
                                           std::pair(10, 0)));
}

TEST(ChromeTrace, RefusesATimingThatIsNotTheProgram) {
  EXPECT_THROW(chrome_trace(kProgram, Timing{}), Error);
}

}  // namespace
}  // namespace vta::sim
