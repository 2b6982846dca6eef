// What the RTL's simulator adds to the others: times, waves, stopping. What instructions mean is
// tested by the tests of vta/sim, which run on it too.
#include "vta/rtlsim/rtl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/sim/test_machine.h"

namespace vta::rtlsim {
namespace {

namespace fs = std::filesystem;
using isa::Instruction;
using isa::MemoryType;
using isa::Opcode;
using sim::TestMachine;
using testing::ThrowsMessage;

// acc[0..7] += inp x wgt after two loads, then a store; 7 instructions with FINISH.
void push_program(TestMachine& machine) {
  machine.load_uops({{.dst = 0}});
  machine.load(MemoryType::kInp, 0, std::vector<int32_t>(32, 3));
  machine.load(MemoryType::kWgt, 0, std::vector<int32_t>(16, 2));
  machine.push({.opcode = Opcode::kLoad, .push_next = true, .memory = MemoryType::kInp});
  Instruction gemm = machine.over(Opcode::kGemm, 1);
  gemm.iter_in = 8;
  gemm.dst_factor_in = gemm.src_factor_in = 1;
  gemm.pop_prev = gemm.push_next = true;
  machine.push(gemm);
  machine.push({.opcode = Opcode::kStore,
                .pop_prev = true,
                .memory = MemoryType::kOut,
                .dram_base = 0x8'0000 / 4,
                .y_size = 1,
                .x_size = 8});
}

TEST(Rtl, GivesTheCyclesOfEveryInstructionAndOfEveryUnit) {
  TestMachine machine(hw::load_config("tiny"));
  const auto rtl = make_rtl(machine.config());
  push_program(machine);
  const sim::Counters counters = machine.run(*rtl);
  EXPECT_EQ(machine.dram().at(0x8'0000, 1)[0], 24);
  EXPECT_EQ(counters.instructions, 7);
  EXPECT_EQ(counters.gemm_macs, 8 * 16);

  const sim::Timing& timing = rtl->timing();
  const auto& at = timing.instructions;
  ASSERT_EQ(at.size(), 7U);
  for (const auto& [start, end] : at) EXPECT_LE(start, end);
  EXPECT_GT(at[4].start, at[3].end) << "the GEMM takes the loads' token";
  EXPECT_GT(at[5].start, at[4].end) << "the store takes the GEMM's";
  EXPECT_EQ(at[6].start, at[6].end);
  EXPECT_EQ(timing.cycles, at[6].end + 1) << "FINISH is the last cycle";
  ASSERT_EQ(timing.dispatched.size(), 7U);
  for (size_t i = 0; i < 7; ++i) EXPECT_LT(timing.dispatched[i], at[i].start);
  for (const auto& causes : timing.attribution) {
    EXPECT_EQ(std::accumulate(causes.begin(), causes.end(), uint64_t{0}), timing.cycles);
  }
}

TEST(Rtl, TakesTheSameTimeAgain) {
  TestMachine machine(hw::load_config("tiny"));
  const auto rtl = make_rtl(machine.config());
  push_program(machine);
  machine.run(*rtl);
  const sim::Timing first = rtl->timing();
  TestMachine again(hw::load_config("tiny"));
  push_program(again);
  again.run(*rtl);
  EXPECT_EQ(rtl->timing().cycles, first.cycles);
  EXPECT_EQ(rtl->timing().instructions, first.instructions);
  EXPECT_EQ(rtl->timing().attribution, first.attribution);
}

TEST(Rtl, LatencyIsTheMemorys) {
  const auto cycles = [](int latency) {
    hw::Config config = hw::load_config("tiny");
    config.memory_latency_cycles = latency;
    TestMachine machine(config);
    const auto rtl = make_rtl(config);
    machine.run(*rtl);  // FINISH alone
    return rtl->timing().cycles;
  };
  EXPECT_EQ(cycles(1000) - cycles(10), 990);
}

TEST(Rtl, StopsWhenAsked) {
  TestMachine machine(hw::load_config("tiny"));
  const auto rtl = make_rtl(machine.config(), {.stop_cycle = 100});
  Instruction gemm = machine.over(Opcode::kGemm, 1);
  gemm.iter_in = 5000;
  machine.push(gemm);
  EXPECT_THAT([&] { machine.run(*rtl); }, ThrowsMessage<sim::Fault>("the host stopped the run"));
  EXPECT_GT(rtl->timing().cycles, 100);
  EXPECT_LT(rtl->timing().cycles, 500);
}

class Waves : public testing::Test {
 protected:
  // Size of the file with the signals of [begin, end).
  uint64_t wave_bytes(uint64_t begin, uint64_t end) {
    TestMachine machine(hw::load_config("tiny"));
    push_program(machine);
    machine.run(*make_rtl(machine.config(), {.wave = file_, .wave_begin = begin, .wave_end = end}));
    return fs::file_size(file_);
  }
  ~Waves() override { fs::remove(file_); }

  fs::path file_ = fs::path(testing::TempDir()) / "vta_rtl_test.fst";
};

TEST_F(Waves, HoldTheSignalsOfTheWindow) {
  const uint64_t all = wave_bytes(0, UINT64_MAX);
  const uint64_t some = wave_bytes(100, 120);
  const uint64_t none = wave_bytes(100'000, 100'001);
  EXPECT_GT(all, some);
  EXPECT_GT(some, none);
}

TEST_F(Waves, AFileThatCannotBeWrittenIsNamed) {
  EXPECT_THAT([] { make_rtl(hw::load_config("tiny"), {.wave = "/nonexistent/w.fst"}); },
              ThrowsMessage<Error>("/nonexistent/w.fst: cannot write"));
}

}  // namespace
}  // namespace vta::rtlsim
