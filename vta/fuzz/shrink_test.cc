// A device that is wrong in one instruction: what remains of the program is that instruction.
#include "vta/fuzz/shrink.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "vta/fuzz/fuzz.h"
#include "vta/fuzz/suite.h"
#include "vta/isa/assembly.h"
#include "vta/isa/check.h"
#include "vta/sim/replay.h"

namespace vta::fuzz {
namespace {

using isa::Instruction;
using isa::Opcode;

// Runs as fsim does, but a STORE's last byte is wrong, where it writes three rows or more.
class WrongStore : public sim::Simulator {
 public:
  explicit WrongStore(const hw::Config& config)
      : config_(config), encoding_(config), right_(sim::make_functional(config)) {}

  sim::Counters run(sim::Dram& dram, uint64_t address, uint64_t count) override {
    const sim::Counters counters = right_->run(dram, address, count);
    const auto bytes = static_cast<uint64_t>(encoding_.instruction_bytes());
    for (uint64_t k = 0; k < count; ++k) {
      const Instruction i = encoding_.decode(dram.at(address + k * bytes, bytes));
      if (i.opcode != Opcode::kStore || i.y_size < 3 || i.x_size == 0) continue;
      const auto out = static_cast<uint64_t>(config_.element_bytes(hw::Memory::kOut));
      dram.at((i.dram_base + (i.y_size - 1) * uint64_t{i.x_stride} + i.x_size) * out - 1, 1)[0] ^=
          1;
    }
    return counters;
  }

 private:
  hw::Config config_;
  isa::Encoding encoding_;
  std::unique_ptr<sim::Simulator> right_;
};

TEST(Shrink, LeavesTheInstructionThatDiffersAndWritesATrace) {
  const Device wrong{"wrong", [](const hw::Config& c) { return std::make_unique<WrongStore>(c); }};
  const auto folder = std::filesystem::path(testing::TempDir()) / "shrink_test";
  std::filesystem::create_directories(folder);
  const Report report = fuzz({.configs = {suite()[0]},
                              .devices = {device("ref"), wrong},
                              .count = 200,
                              .most_found = 1,
                              .folder = folder});
  ASSERT_EQ(report.found.size(), 1);
  EXPECT_EQ(report.differences, 1);
  const Found& found = report.found[0];
  EXPECT_TRUE(isa::check(found.shrunk.program).ok());
  const auto& program = found.shrunk.program.instructions;
  ASSERT_EQ(program.size(), 2) << disassemble(found.shrunk.program);
  EXPECT_EQ(program[0].opcode, Opcode::kStore);
  EXPECT_EQ(program[0].y_size, 3);
  EXPECT_EQ(program[0].x_size, 1);
  EXPECT_EQ(program[1].opcode, Opcode::kFinish);

  const sim::Trace trace = sim::load_trace(found.file);
  EXPECT_FALSE(sim::replay(trace, *sim::make_functional(trace.config)).difference);
  WrongStore simulator(trace.config);
  EXPECT_TRUE(sim::replay(trace, simulator).difference);
  std::filesystem::remove_all(folder);
}

TEST(Shrink, ADifferenceThatIsNotThereLeavesTheProgramAsItIs) {
  const Report report =
      fuzz({.configs = suite(), .devices = {device("ref"), device("fsim")}, .count = 10});
  EXPECT_EQ(report.programs, 10 * suite().size());
  EXPECT_EQ(report.differences + report.cycle_differences, 0);
}

}  // namespace
}  // namespace vta::fuzz
