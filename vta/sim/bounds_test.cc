#include "vta/sim/bounds.h"

#include <gtest/gtest.h>

namespace vta::sim {
namespace {

using isa::Instruction;
using isa::MemoryType;
using isa::Opcode;

hw::Config config() {
  hw::Config config = hw::load_config("default");
  config.alu_lanes = 8;
  config.requantise_lanes = 4;
  return config;
}

std::vector<Instruction> program() {
  const Instruction loops{
      .opcode = Opcode::kGemm, .uop_begin = 1, .uop_end = 4, .iter_out = 2, .iter_in = 5};
  Instruction reset = loops;
  reset.reset = true;
  Instruction add = loops;
  add.opcode = Opcode::kAlu;
  add.alu_op = hw::AluOp::kAdd;
  Instruction requantise = add;
  requantise.alu_op = hw::AluOp::kRequantise;
  Instruction empty = loops;
  empty.uop_end = 1;
  return {{.opcode = Opcode::kLoad,
           .memory = MemoryType::kWgt,
           .y_size = 2,
           .x_size = 3,
           .x_pad_after = 1},
          loops,
          reset,
          add,
          requantise,
          empty,
          {.opcode = Opcode::kStore, .memory = MemoryType::kOut, .y_size = 1, .x_size = 10},
          {.opcode = Opcode::kFinish}};
}

TEST(Bounds, WorkIsThatOfTheInstructions) {
  EXPECT_EQ(work_of(config(), program()), (Counters{.instructions = 8,
                                                    .gemm_macs = 30 * 256,
                                                    .alu_ops = 2 * 30 * 16,
                                                    .dram_read_bytes = 6 * 256,
                                                    .dram_write_bytes = 160}));
}

TEST(Bounds, EachResourceAlone) {
  hw::Config slow = config();
  slow.memory_bytes_per_cycle = 4;
  const uint64_t fetched = 8 * 16;
  EXPECT_EQ(bounds_of(slow, program()), (Bounds{.mac = 30,
                                                .alu = 30 * 2 + 30 * 4,
                                                .dram = (6 * 256 + 160 + fetched) / 4,
                                                .issue = fetched / 4}));
  EXPECT_EQ(bounds_of(config(), program()).issue, 8) << "an instruction a cycle";
  EXPECT_EQ(bounds_of(config(), program()).largest(), 180);
}

}  // namespace
}  // namespace vta::sim
