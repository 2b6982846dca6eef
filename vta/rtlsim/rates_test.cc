// The rates that the design must reach, on `default` with 16 bytes a cycle and 64 cycles latency:
// each test's name is the requirement. The RTL and the cycle-exact model both have to meet it.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "vta/rtlsim/rtl.h"
#include "vta/sim/dram.h"
#include "vta/sim/timing.h"

namespace vta::rtlsim {
namespace {

using hw::AluOp;
using isa::Instruction;
using isa::MemoryType;
using isa::MicroOp;
using isa::Opcode;

constexpr uint64_t kDramBytes = 1 << 22;
constexpr uint64_t kUops = 1 << 20;  // where micro-ops lie
constexpr uint32_t kBeatBytes = 16;

// Programs of instructions as they are; micro-op k is (dst, src, wgt) = (k, k, k), and every
// program begins with a load of the first 64.
class Rates : public testing::TestWithParam<std::string> {
 protected:
  void configure(int requantise_lanes) {
    config_ = hw::load_config("default");
    config_.requantise_lanes = requantise_lanes;
  }

  // Times of the instructions after the first load; in cycles_ those of the whole run.
  std::vector<sim::InstructionTime> run(std::vector<Instruction> instructions) {
    instructions.insert(instructions.begin(), load_uops(0));
    instructions.push_back({.opcode = Opcode::kFinish});
    const isa::Encoding encoding(config_);
    std::vector<uint8_t> program;
    for (const Instruction& i : instructions) encoding.encode(i, program);
    std::vector<uint8_t> uops;
    for (uint32_t k = 0; k < 64; ++k) encoding.encode(MicroOp{.dst = k, .src = k, .wgt = k}, uops);
    sim::Dram dram(kDramBytes);
    std::ranges::copy(program, dram.at(0, program.size()).begin());
    std::ranges::copy(uops, dram.at(kUops, uops.size()).begin());
    const auto simulator = GetParam() == "rtl" ? make_rtl(config_) : sim::make_timed(config_);
    simulator->run(dram, 0, instructions.size());
    cycles_ = simulator->timing().cycles;
    auto times = simulator->timing().instructions;
    times.erase(times.begin());
    return times;
  }

  static Instruction load_uops(uint32_t sram) {
    return {.opcode = Opcode::kLoad,
            .memory = MemoryType::kUop,
            .sram_base = sram,
            .dram_base = kUops / 4,
            .y_size = 1,
            .x_size = 64};
  }
  static Instruction gemm(uint32_t uops, uint32_t outer = 1, uint32_t inner = 1) {
    return {.opcode = Opcode::kGemm, .uop_end = uops, .iter_out = outer, .iter_in = inner};
  }
  static Instruction alu(AluOp op, uint32_t uops, uint32_t inner) {
    Instruction i = gemm(uops, 1, inner);
    i.opcode = Opcode::kAlu;
    i.alu_op = op;
    return i;
  }
  // `vectors` of accumulators from 16 on, by the one record at 0.
  static Instruction requantise(uint32_t vectors) {
    Instruction i = alu(AluOp::kRequantise, 1, vectors);
    i.uop_begin = 0;
    i.dst_factor_in = 1;
    return i;
  }
  static Instruction load_rows(MemoryType type, uint32_t rows, uint32_t row) {
    return {.opcode = Opcode::kLoad,
            .memory = type,
            .dram_base = 0,
            .y_size = rows,
            .x_size = row,
            .x_stride = row + 3};
  }
  static Instruction store_rows(uint32_t rows, uint32_t row) {
    Instruction i = load_rows(MemoryType::kOut, rows, row);
    i.opcode = Opcode::kStore;
    i.dram_base = (2 << 20) / kBeatBytes;
    return i;
  }

  // The part of the bus that eight such transfers of `beats` use, from the end of the first on.
  double bus_use(const Instruction& transfer, uint64_t beats) {
    const auto times = run(std::vector<Instruction>(8, transfer));
    return 7.0 * static_cast<double>(beats) / static_cast<double>(times[7].end - times[0].end);
  }
  uint64_t cycles_of(const Instruction& instruction) {
    const auto times = run({instruction});
    return times[0].end - times[0].start;
  }

  hw::Config config_ = hw::load_config("default");
  uint64_t cycles_ = 0;
};

TEST_P(Rates, GemmTakesOneCycleForEachMicroOp) {
  EXPECT_EQ(cycles_of(gemm(64, 1, 16)) - cycles_of(gemm(1)), 1023);
}

TEST_P(Rates, GemmHasNoBubbleBetweenLoopLevels) {
  EXPECT_EQ(cycles_of(gemm(1, 30, 34)), cycles_of(gemm(60, 1, 17)));
  EXPECT_EQ(cycles_of(gemm(3, 17, 20)), cycles_of(gemm(60, 17, 1)));
}

TEST_P(Rates, ConsecutiveGemmsHaveNoBubbleBetweenThem) {
  const auto times = run({gemm(20), gemm(5), gemm(1), gemm(1), gemm(3), gemm(30)});
  for (const auto& [index, length] : {std::pair{1, 5}, {2, 1}, {3, 1}, {4, 3}, {5, 30}}) {
    EXPECT_EQ(times[index].end - times[index - 1].end, length) << index;
  }
}

TEST_P(Rates, AccumulatorHazardsDoNotStallGemm) {
  Instruction apart = gemm(1, 1, 500);
  apart.dst_factor_in = 1;
  EXPECT_EQ(cycles_of(gemm(1, 1, 500)), cycles_of(apart));
  EXPECT_EQ(cycles_of(gemm(2, 1, 250)), cycles_of(apart));
}

TEST_P(Rates, AluTakesOneCycleForAVectorWithAnImmediate) {
  Instruction few = alu(AluOp::kAdd, 1, 1);
  Instruction many = alu(AluOp::kAdd, 1, 500);
  few.use_imm = many.use_imm = true;
  EXPECT_EQ(cycles_of(many) - cycles_of(few), 499);
}

TEST_P(Rates, AluTakesTwoCyclesForAVectorWithATensorOperand) {
  EXPECT_EQ(cycles_of(alu(AluOp::kAdd, 1, 500)) - cycles_of(alu(AluOp::kAdd, 1, 1)), 2 * 499);
}

TEST_P(Rates, RequantiseTakesOneCycleForAVectorWith16Lanes) {
  EXPECT_EQ(cycles_of(requantise(500)) - cycles_of(requantise(100)), 400);
}

TEST_P(Rates, RequantiseTakesFourCyclesForAVectorWith4Lanes) {
  configure(4);
  EXPECT_EQ(cycles_of(requantise(500)) - cycles_of(requantise(100)), 4 * 400);
}

TEST_P(Rates, LoadsUse95PercentOfTheBusWithRowsOf64BytesOrMore) {
  EXPECT_GE(bus_use(load_rows(MemoryType::kInp, 256, 4), 1024), 0.95);
  EXPECT_GE(bus_use(load_rows(MemoryType::kInp, 20, 64), 1280), 0.95);
  EXPECT_GE(bus_use(load_rows(MemoryType::kWgt, 64, 1), 1024), 0.95);
}

TEST_P(Rates, PaddingCostsLoadsNothing) {
  Instruction padded = load_rows(MemoryType::kInp, 64, 14);
  padded.x_pad_before = padded.x_pad_after = padded.y_pad_before = padded.y_pad_after = 1;
  EXPECT_GE(bus_use(padded, 64 * 14), 0.95);
}

TEST_P(Rates, LoadsUse80PercentOfTheBusWithRowsOf32Bytes) {
  EXPECT_GE(bus_use(load_rows(MemoryType::kInp, 256, 2), 512), 0.80);
}

TEST_P(Rates, StoresUse90PercentOfTheBus) {
  EXPECT_GE(bus_use(store_rows(256, 4), 1024), 0.90);
  EXPECT_GE(bus_use(store_rows(20, 64), 1280), 0.90);
}

TEST_P(Rates, LoadComputeAndStoreOverlap) {
  // 1024 beats of loads, 1024 of stores and 2200 micro-ops, all independent.
  const Instruction work = gemm(10, 10, 22);
  run({work});
  const uint64_t alone = cycles_;
  run({work, load_rows(MemoryType::kInp, 16, 64), store_rows(16, 64)});
  EXPECT_LE(cycles_, alone + 10);
}

TEST_P(Rates, MicroOpLoadsDoNotStopTheMacArray) {
  const auto times =
      run({gemm(10, 1, 30), load_uops(100), gemm(10, 1, 30), load_uops(200), gemm(10, 1, 30)});
  EXPECT_EQ(times[4].end - times[0].end, 600);
}

TEST_P(Rates, AccumulatorLoadsStopTheMacArrayForTheirHazardAlone) {
  // 64 beats come while the array works; written when it has drained.
  const auto times = run({gemm(10, 1, 30), load_rows(MemoryType::kAcc, 1, 16), gemm(10, 1, 30)});
  EXPECT_LE(times[2].end - times[0].end, 300 + 64 + 20);
}

TEST_P(Rates, FetchKeepsShortInstructionsComing) {
  const auto times = run(std::vector<Instruction>(500, gemm(2)));
  EXPECT_EQ(times[499].end - times[0].end, 2 * 499);
}

INSTANTIATE_TEST_SUITE_P(Simulators, Rates, testing::Values("tsim", "rtl"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace vta::rtlsim
