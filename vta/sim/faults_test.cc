// What the architecture forbids: each fault with its text, the same on every simulator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/sim/test_machine.h"

namespace vta::sim {
namespace {

using hw::AluOp;
using isa::Instruction;
using isa::MemoryType;
using isa::Opcode;

class Faults : public testing::TestWithParam<std::string> {
 protected:
  explicit Faults(const hw::Config& config = hw::load_config("tiny"))
      : machine_(config), simulator_(make_test_simulator(GetParam(), config)) {}

  // The text of the fault that the program so far, and FINISH, ends in.
  std::string fault() {
    try {
      machine_.run(*simulator_);
    } catch (const Fault& fault) {
      index_ = fault.instruction();
      return fault.what();
    }
    return "no fault";
  }
  std::string fault_of(const Instruction& instruction) {
    machine_.push(instruction);
    return fault();
  }

  TestMachine machine_;
  std::unique_ptr<Simulator> simulator_;
  uint64_t index_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Simulators, Faults, testing::ValuesIn(fault_simulators()),
                         [](const auto& simulator) { return simulator.param; });

TEST_P(Faults, ScratchpadRange) {
  EXPECT_EQ(fault_of({.opcode = Opcode::kLoad,
                      .memory = MemoryType::kAcc,
                      .sram_base = 255,
                      .y_size = 1,
                      .x_size = 2}),
            "instruction 0 (load.acc sram_base=255 y_size=1 x_size=2): acc elements [255, 257) end "
            "beyond the scratchpad's depth of 256");
  EXPECT_EQ(fault_of({.opcode = Opcode::kLoad,
                      .memory = MemoryType::kAcc,
                      .sram_base = 255,
                      .y_pad_before = 1,
                      .x_pad_after = 2}),
            "instruction 0 (load.acc sram_base=255 y_pad_before=1 x_pad_after=2): acc elements "
            "[255, 257) end beyond the scratchpad's depth of 256");
}

TEST_P(Faults, DramRange) {
  EXPECT_EQ(fault_of({.opcode = Opcode::kStore,
                      .memory = MemoryType::kOut,
                      .dram_base = (1 << 18) - 3,
                      .y_size = 2,
                      .x_size = 1,
                      .x_stride = 3}),
            "instruction 0 (store.out dram_base=0x3fffd y_size=2 x_size=1 x_stride=3): DRAM bytes "
            "[0xffff4, 0x100004) end beyond the capacity of 0x100000");
}

TEST_P(Faults, MemoryTypeAndPadding) {
  EXPECT_EQ(
      fault_of({.opcode = Opcode::kStore, .memory = MemoryType::kAcc, .y_size = 1, .x_size = 1}),
      "instruction 0 (store.acc y_size=1 x_size=1): store cannot move memory type acc, must be "
      "out");
  EXPECT_EQ(
      fault_of({.opcode = Opcode::kLoad, .memory = MemoryType::kOut, .y_size = 1, .x_size = 1}),
      "instruction 0 (load.out y_size=1 x_size=1): load cannot move memory type out, must be "
      "uop, wgt, inp, acc or acc8");
  EXPECT_EQ(fault_of({.opcode = Opcode::kStore, .memory = MemoryType::kOut, .x_pad_after = 1}),
            "instruction 0 (store.out x_pad_after=1): store with padding: all four pads must be 0");
}

TEST_P(Faults, WhatMovesNothingHasAnyMemoryType) {
  EXPECT_EQ(fault_of({.opcode = Opcode::kStore, .memory = MemoryType::kUop, .sram_base = 60000}),
            "no fault");
}

TEST_P(Faults, GemmIndices) {
  const std::vector<isa::MicroOp> uops = {{.dst = 1}, {.dst = 200, .src = 255, .wgt = 100}};
  machine_.load_uops(uops);
  Instruction gemm = machine_.over(Opcode::kGemm, 2);
  gemm.iter_in = 2;
  gemm.dst_factor_in = 56;
  EXPECT_EQ(
      (machine_.push(gemm), fault()),
      "instruction 1 (gemm uop_end=2 iter_out=1 iter_in=2 dst_factor_in=56): dst index 256 is "
      "beyond the acc scratchpad's depth of 256");
  EXPECT_EQ(index_, 1);
  gemm.dst_factor_in = 0;
  gemm.src_factor_in = 1;
  machine_.load_uops(uops);
  EXPECT_THAT(fault_of(gemm),
              testing::EndsWith("src index 256 is beyond the inp scratchpad's depth "
                                "of 256"));
  gemm.src_factor_in = 0;
  gemm.wgt_factor_in = 28;
  machine_.load_uops(uops);
  EXPECT_THAT(fault_of(gemm),
              testing::EndsWith("wgt index 128 is beyond the wgt scratchpad's depth "
                                "of 128"));
}

TEST_P(Faults, RequantiseRecordBeyondTheAccumulators) {
  machine_.load_uops({{.dst = 0, .src = 254}});
  machine_.alu(AluOp::kRequantise, 1);
  EXPECT_EQ(
      fault(),
      "instruction 1 (alu.rqt uop_end=1 iter_out=1 iter_in=1): src + 2 index 256 is beyond the "
      "acc scratchpad's depth of 256");
}

TEST_P(Faults, MicroOpRange) {
  EXPECT_EQ(fault_of(machine_.over(Opcode::kGemm, 257)),
            "instruction 0 (gemm uop_end=257 iter_out=1 iter_in=1): uop_end 257 is beyond the "
            "micro-op buffer's depth of 256");
}

TEST_P(Faults, RequantiseWithAnImmediate) {
  machine_.alu_immediate(AluOp::kRequantise, 1, 1);
  EXPECT_THAT(fault(), testing::EndsWith("rqt takes no immediate: use_imm must be 0"));
}

TEST_P(Faults, FinishTooEarlyOrMissing) {
  EXPECT_EQ(fault_of({.opcode = Opcode::kFinish}),
            "instruction 0 (finish): finish before the last of 2 instructions");
  machine_.run(*simulator_);
  EXPECT_THROW(
      try { simulator_->run(machine_.dram(), 4096, 1); } catch (const Fault& fault) {
        EXPECT_STREQ(fault.what(),
                     "instruction 0 (load.uop): the program ends here without finish");
        throw;
      },
      Fault);
}

TEST_P(Faults, ProgramOutsideDram) {
  EXPECT_THROW(simulator_->run(machine_.dram(), 0, 0), Fault);
  EXPECT_THROW(simulator_->run(machine_.dram(), 0, uint64_t{1} << 60), Fault);
  EXPECT_THROW(simulator_->run(machine_.dram(), 1 << 20, 1), Fault);
}

TEST_P(Faults, UnassignedOpcode) {
  machine_.dram().at(0, 1)[0] = 7;
  try {
    simulator_->run(machine_.dram(), 0, 1);
    FAIL() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_STREQ(fault.what(), "instruction 0: opcode 7 is not assigned");
  }
}

TEST_P(Faults, TokensWithoutANeighbour) {
  EXPECT_EQ(fault_of({.opcode = Opcode::kLoad, .pop_prev = true, .memory = MemoryType::kInp}),
            "instruction 0 (load.inp pop_prev): the load unit has no previous unit: pop_prev and "
            "push_prev must be 0");
  EXPECT_EQ(fault_of({.opcode = Opcode::kStore, .push_next = true, .memory = MemoryType::kOut}),
            "instruction 0 (store.out push_next): the store unit has no next unit: pop_next and "
            "push_next must be 0");
}

TEST_P(Faults, TokenQueueOverflow) {
  for (int64_t i = 0; i <= machine_.config().token_queue_depth; ++i) {
    machine_.push({.opcode = Opcode::kLoad, .push_next = true, .memory = MemoryType::kInp});
  }
  EXPECT_EQ(fault(),
            "instruction 1024 (load.inp push_next): the token queue from load to compute already "
            "holds 1024 tokens, its depth");
}

TEST_P(Faults, Deadlock) {
  machine_.push({.opcode = Opcode::kLoad, .pop_next = true, .memory = MemoryType::kInp});
  machine_.push({.opcode = Opcode::kGemm, .pop_prev = true, .pop_next = true});
  machine_.push({.opcode = Opcode::kStore, .pop_prev = true, .memory = MemoryType::kOut});
  EXPECT_EQ(
      fault(),
      "deadlock: load waits at instruction 0 (load.inp pop_next) for a token from compute; "
      "compute waits at instruction 1 (gemm pop_prev pop_next) for a token from load and one "
      "from store; store waits at instruction 2 (store.out pop_prev) for a token from compute");
}

TEST_P(Faults, AFullCommandQueueHoldsUpFetch) {
  for (int64_t i = 0; i <= machine_.config().command_queue_depth; ++i) {
    machine_.push({.opcode = Opcode::kLoad, .pop_next = true, .memory = MemoryType::kInp});
  }
  machine_.push({.opcode = Opcode::kGemm, .push_prev = true});
  EXPECT_EQ(fault(),
            "deadlock: load waits at instruction 0 (load.inp pop_next) for a token from compute; "
            "fetch waits at instruction 512 for room in the load queue");
}

hw::Config small_queues_config() {
  hw::Config config = hw::load_config("tiny");
  config.command_queue_depth = 4;
  config.token_queue_depth = 16;
  return config;
}

class SmallQueuesFaults : public Faults {
 protected:
  SmallQueuesFaults() : Faults(small_queues_config()) {}
};
INSTANTIATE_TEST_SUITE_P(Simulators, SmallQueuesFaults, testing::ValuesIn(fault_simulators()),
                         [](const auto& simulator) { return simulator.param; });

TEST_P(SmallQueuesFaults, FetchWaitsForRoomAndTokensOverflow) {
  for (int i = 0; i < 5; ++i) {
    machine_.push({.opcode = Opcode::kLoad, .pop_next = true, .memory = MemoryType::kInp});
  }
  EXPECT_THAT(fault(),
              testing::EndsWith("fetch waits at instruction 4 for room in the load queue"));
  for (int i = 0; i < 17; ++i) {
    machine_.push({.opcode = Opcode::kLoad, .push_next = true, .memory = MemoryType::kInp});
  }
  EXPECT_THAT(fault(), testing::EndsWith("load to compute already holds 16 tokens, its depth"));
}

TEST_P(Faults, TheNextRunStartsAfresh) {
  EXPECT_NE(fault_of({.opcode = Opcode::kGemm, .pop_prev = true}), "no fault");
  machine_.push({.opcode = Opcode::kLoad, .push_next = true, .memory = MemoryType::kInp});
  EXPECT_EQ(fault(), "no fault");  // its token is left over
  EXPECT_NE(fault_of({.opcode = Opcode::kGemm, .pop_prev = true}), "no fault");
}

hw::Config small_alu_config() {
  hw::Config config = hw::load_config("tiny");
  config.alu_ops = {AluOp::kMin, AluOp::kMax, AluOp::kAdd, AluOp::kShr};
  return config;
}

class SmallAluFaults : public Faults {
 protected:
  SmallAluFaults() : Faults(small_alu_config()) {}
};
INSTANTIATE_TEST_SUITE_P(Simulators, SmallAluFaults, testing::ValuesIn(fault_simulators()),
                         [](const auto& simulator) { return simulator.param; });

TEST_P(SmallAluFaults, AluOperation) {
  machine_.alu(AluOp::kMul, 1);
  EXPECT_THAT(fault(), testing::EndsWith("the configuration has no ALU operation mul"));
}

// A token that is missing shows as a wrong byte under some seed, and never with the token.
TEST(Seeds, AMissingTokenShowsUnderSomeSeed) {
  const auto outcomes = [](bool with_token) {
    std::set<uint8_t> bytes;
    for (uint64_t seed = 0; seed < 20; ++seed) {
      TestMachine machine(hw::load_config("tiny"));
      const auto simulator = make_reference(machine.config(), seed);
      machine.load(MemoryType::kAcc, 0, {5, 5, 5, 5});
      machine.push({.opcode = Opcode::kLoad, .push_next = with_token});  // only the token
      const uint64_t address = machine.store(0, 1);
      machine.run(*simulator);
      bytes.insert(machine.dram().at(address, 1)[0]);
    }
    return bytes;
  };
  EXPECT_THAT(outcomes(false), testing::ElementsAre(0, 5));
}

}  // namespace
}  // namespace vta::sim
