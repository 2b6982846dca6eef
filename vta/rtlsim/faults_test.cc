// Which instruction a fault of the hardware names, where only the run shows it: errors of the bus,
// tokens beyond the queues, and stopping. All other faults are those of the tests of vta/sim.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>

#include "vta/isa/check.h"
#include "vta/rtlsim/rtl.h"
#include "vta/sim/test_machine.h"

namespace vta::rtlsim {
namespace {

using isa::Instruction;
using isa::MemoryType;
using isa::Opcode;
using sim::Fault;
using sim::TestMachine;

constexpr uint64_t kInstructions = 14;  // of push_program, with FINISH
constexpr uint64_t kOut = 0x8'0000;     // bytes

// Loads of every memory type, some behind others that wait, and stores of one burst and of several,
// with instructions that only carry tokens in between.
void push_program(TestMachine& machine) {
  const auto out = static_cast<uint32_t>(kOut / machine.config().element_bytes(hw::Memory::kOut));
  machine.load_uops(std::vector<isa::MicroOp>(48));
  machine.load(MemoryType::kInp, 0, std::vector<int32_t>(448, 3));
  machine.load(MemoryType::kWgt, 0, std::vector<int32_t>(192, 2));
  machine.load(MemoryType::kAcc, 0, std::vector<int32_t>(64, 1));
  machine.push({.opcode = Opcode::kLoad, .push_next = true, .memory = MemoryType::kInp});
  Instruction gemm = machine.over(Opcode::kGemm, 1);
  gemm.iter_in = 500;
  gemm.pop_prev = gemm.push_next = true;
  machine.push(gemm);
  machine.load(MemoryType::kAcc, 16, std::vector<int32_t>(400, 1));
  machine.push({.opcode = Opcode::kStore, .pop_prev = true, .memory = MemoryType::kOut});
  machine.push({.opcode = Opcode::kStore,
                .memory = MemoryType::kOut,
                .dram_base = out,
                .y_size = 2,
                .x_size = 3,
                .x_stride = 64});
  machine.push({.opcode = Opcode::kStore, .memory = MemoryType::kOut});
  machine.push({.opcode = Opcode::kStore, .memory = MemoryType::kOut});
  machine.push({.opcode = Opcode::kStore,
                .memory = MemoryType::kOut,
                .dram_base = out + 1000,
                .y_size = 1,
                .x_size = 200});
  machine.push({.opcode = Opcode::kStore, .memory = MemoryType::kOut});
}

class BusError : public testing::TestWithParam<int> {  // bits of the bus
 protected:
  // What the run ends in where the memory answers accesses of that byte with an error.
  std::string outcome(uint64_t byte, uint64_t& instruction) const {
    hw::Config config = hw::load_config("tiny");
    config.bus_bits = GetParam();
    config.memory_bytes_per_cycle = GetParam() / 8;
    TestMachine machine(config);
    const auto rtl = make_rtl(config, {.error_begin = byte, .error_end = byte + 1});
    push_program(machine);
    try {
      machine.run(*rtl);
    } catch (const Fault& fault) {
      instruction = fault.instruction();
      return fault.what();
    }
    return "no fault";
  }
  void expect_fault(uint64_t byte, uint64_t expected) const {
    uint64_t instruction = UINT64_MAX;
    EXPECT_THAT(outcome(byte, instruction),
                testing::EndsWith(": the memory answered with an error"))
        << "byte " << byte;
    EXPECT_EQ(instruction, expected) << "byte " << byte;
  }
  uint64_t beat() const { return static_cast<uint64_t>(GetParam() / 8); }
};

INSTANTIATE_TEST_SUITE_P(Buses, BusError, testing::Values(64, 512));

TEST_P(BusError, OfFetchNamesTheFirstInstructionWithAByteInTheBeat) {
  for (uint64_t byte = 0; byte < 16 * kInstructions; byte += 8) {
    expect_fault(byte, byte / beat() * beat() / 16);
  }
}

TEST_P(BusError, OfALoadNamesIt) {
  // As TestMachine places them, one after the other, each in beats of its own.
  const std::pair<uint64_t, uint64_t> loads[] = {
      {0, 48 * 4}, {1, 448}, {2, 192}, {3, 64 * 4}, {6, 400 * 4}};
  const auto alignment = static_cast<uint64_t>(hw::load_config("tiny").dram_alignment());
  uint64_t address = TestMachine::kData;
  for (const auto& [instruction, bytes] : loads) {
    expect_fault(address, instruction);
    expect_fault(address + bytes - 1, instruction);
    address += (bytes + alignment - 1) / alignment * alignment;
  }
}

TEST_P(BusError, OfAStoreNamesItAndNoneThatWroteElsewhere) {
  for (const uint64_t offset : {0, 11, 4 * 64, 4 * 64 + 11}) expect_fault(kOut + offset, 8);
  for (const uint64_t offset : {0, 63, 64, 400, 799}) expect_fault(kOut + 4000 + offset, 11);
  uint64_t none = 0;
  EXPECT_EQ(outcome(kOut + 12, none), "no fault");
  EXPECT_EQ(outcome(kOut + 3999, none), "no fault");
}

hw::Config small_queues() {
  hw::Config config = hw::load_config("tiny");
  config.token_queue_depth = 16;
  config.command_queue_depth = 4;
  return config;
}

std::pair<uint64_t, std::string> outcome_on(sim::Simulator& simulator,
                                            const std::vector<Instruction>& program) {
  TestMachine machine(small_queues());
  machine.load_uops({{}});
  for (const Instruction& instruction : program) machine.push(instruction);
  try {
    machine.run(simulator);
  } catch (const Fault& fault) {
    return {fault.instruction(), fault.what()};
  }
  return {UINT64_MAX, "no fault"};
}

// What the program, behind a load of one micro-op and before FINISH, ends in: the same on the RTL
// and on the model.
std::string outcome(const std::vector<Instruction>& program) {
  const auto on_rtl = outcome_on(*make_rtl(small_queues()), program);
  EXPECT_EQ(on_rtl, outcome_on(*sim::make_timed(small_queues()), program));
  return on_rtl.second;
}

Instruction gemm(uint32_t cycles) {
  return {.opcode = Opcode::kGemm, .uop_end = 1, .iter_out = 1, .iter_in = cycles};
}

void append(std::vector<Instruction>& program, size_t count, const Instruction& instruction) {
  program.insert(program.end(), count, instruction);
}

constexpr Instruction kFromLoad{
    .opcode = Opcode::kLoad, .push_next = true, .memory = MemoryType::kInp};
constexpr Instruction kFromStore{
    .opcode = Opcode::kStore, .push_prev = true, .memory = MemoryType::kOut};

TEST(SmallQueues, OverflowOfLoadNamesTheGiver) {
  std::vector<Instruction> program = {gemm(2000)};  // compute takes no token for long
  append(program, 20, kFromLoad);                   // 2 to 21: the 17th is too many
  Instruction taker = gemm(1);
  taker.pop_prev = true;
  append(program, 20, taker);
  EXPECT_EQ(outcome(program),
            "instruction 18 (load.inp push_next): the token queue from load to compute already "
            "holds 16 tokens, its depth");
}

TEST(SmallQueues, OverflowOfStoreNamesTheGiver) {
  std::vector<Instruction> program = {gemm(2000)};
  program.push_back({.opcode = Opcode::kStore,
                     .memory = MemoryType::kOut,
                     .dram_base = 0x8'0000 / 4,
                     .y_size = 1,
                     .x_size = 5});
  append(program, 20, kFromStore);  // 3 to 22
  Instruction taker = gemm(1);
  taker.pop_next = true;
  append(program, 20, taker);
  EXPECT_EQ(outcome(program),
            "instruction 19 (store.out push_prev): the token queue from store to compute already "
            "holds 16 tokens, its depth");
}

TEST(SmallQueues, OverflowOfComputeNamesTheGiver) {
  Instruction taker = kFromLoad;
  taker.push_next = false;
  taker.y_size = 1;
  taker.x_size = 200;  // keeps the load unit busy
  std::vector<Instruction> program = {taker};
  Instruction giver = gemm(1);
  giver.push_prev = true;
  append(program, 20, giver);  // 2 to 21
  EXPECT_EQ(outcome(program),
            "instruction 18 (gemm push_prev uop_end=1 iter_out=1 iter_in=1): the token queue from "
            "compute to load already holds 16 tokens, its depth");
  taker.pop_next = true;
  taker.x_size = 0;
  append(program, 20, taker);  // in time, though one unit at a time would not be
  EXPECT_EQ(outcome(program), "no fault");
}

TEST(SmallQueues, NoOverflowWhereTokensAreTakenInTime) {
  std::vector<Instruction> program;
  Instruction taker = gemm(1);
  taker.pop_prev = true;
  for (int i = 0; i < 40; ++i) {
    program.push_back(kFromLoad);
    program.push_back(taker);
  }
  EXPECT_EQ(outcome(program), "no fault");
}

TEST(SmallQueues, StoppedNamesTheNumberOfInstructionsThatWereDispatched) {
  const auto rtl = make_rtl(small_queues(), {.stop_cycle = 300});
  const auto [instruction, text] = outcome_on(*rtl, std::vector<Instruction>(20, gemm(5000)));
  EXPECT_EQ(text, "the host stopped the run");
  const auto& dispatched = rtl->timing().dispatched;
  EXPECT_EQ(static_cast<int64_t>(instruction),
            std::ranges::count_if(dispatched, [](uint64_t cycle) { return cycle > 0; }));
  EXPECT_GT(instruction, 4U);
  EXPECT_LT(instruction, 10U);
}

// Instructions that only carry tokens, some of which are taken from instructions later in the
// program: fetch may have no room for these before the taker goes on.
std::vector<Instruction> random_carriers(std::mt19937& random) {
  constexpr Instruction kCarriers[] = {{.opcode = Opcode::kLoad, .memory = MemoryType::kInp},
                                       {.opcode = Opcode::kLoad, .memory = MemoryType::kAcc},
                                       {.opcode = Opcode::kStore, .memory = MemoryType::kOut}};
  std::vector<Instruction> program;
  while (program.size() < 40) append(program, 1 + random() % 6, kCarriers[random() % 3]);
  for (size_t tokens = 1 + random() % 5; tokens > 0; --tokens) {
    const size_t from = random() % program.size();
    const size_t to =
        std::min(program.size() - 1, from - std::min<size_t>(from, random() % 12) + 2);
    const auto distance =
        static_cast<int>(unit_of(program[to])) - static_cast<int>(unit_of(program[from]));
    if (distance != 1 && distance != -1) continue;
    (distance == 1 ? program[from].push_next : program[from].push_prev) = true;
    (distance == 1 ? program[to].pop_prev : program[to].pop_next) = true;
  }
  return program;
}

// As check sees it: the first of the instructions that wait for ever, or none.
std::optional<uint64_t> deadlock_by_check(const std::vector<Instruction>& carriers, int commands) {
  isa::Program program;
  program.config = small_queues();
  program.config.command_queue_depth = commands;
  program.instructions.push_back({.opcode = Opcode::kLoad});  // of the micro-op
  program.instructions.insert(program.instructions.end(), carriers.begin(), carriers.end());
  program.instructions.push_back({.opcode = Opcode::kFinish});
  for (const isa::Finding& error : isa::check(program).errors) {
    if (error.kind == "deadlock") return error.instructions.front();
  }
  return std::nullopt;
}

TEST(SmallQueues, EverySimulatorAndCheckAgreeOnWhatDeadlocks) {
  const auto rtl = make_rtl(small_queues());
  const auto model = sim::make_timed(small_queues());
  std::mt19937 random(1);
  int deadlocks = 0;
  int of_queues_alone = 0;
  for (int round = 0; round < 1000; ++round) {
    const std::vector<Instruction> program = random_carriers(random);
    const auto expected = deadlock_by_check(program, small_queues().command_queue_depth);
    const auto on_rtl = outcome_on(*rtl, program);
    ASSERT_EQ(on_rtl.first, expected.value_or(UINT64_MAX)) << on_rtl.second;
    ASSERT_EQ(outcome_on(*model, program), on_rtl);
    for (uint64_t seed = 0; seed < 3; ++seed) {
      ASSERT_EQ(outcome_on(*sim::make_reference(small_queues(), seed), program), on_rtl);
    }
    deadlocks += expected ? 1 : 0;
    of_queues_alone += expected && !deadlock_by_check(program, 512) ? 1 : 0;
  }
  EXPECT_GT(deadlocks, 100);
  EXPECT_LT(deadlocks, 900);
  EXPECT_GT(of_queues_alone, 50);
}

}  // namespace
}  // namespace vta::rtlsim
