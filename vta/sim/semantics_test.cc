// What each instruction means, decision by decision, on every simulator. Expected values are
// written out, not computed by the code under test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/sim/test_machine.h"

namespace vta::sim {
namespace {

using hw::AluOp;
using isa::MemoryType;
using isa::MicroOp;
using isa::Opcode;
using testing::ElementsAre;

constexpr int32_t kMax = INT32_MAX;
constexpr int32_t kMin = INT32_MIN;

class Semantics : public testing::TestWithParam<std::string> {
 protected:
  explicit Semantics(const hw::Config& config = hw::load_config("tiny"))
      : machine_(config), simulator_(make_test_simulator(GetParam(), config)) {}

  std::vector<int32_t> result(uint32_t element = 0) {
    return machine_.run_and_read(*simulator_, element);
  }
  // acc[0] = op(x, y)
  std::vector<int32_t> result_of(AluOp op, const std::vector<int32_t>& x,
                                 const std::vector<int32_t>& y) {
    machine_.load(MemoryType::kAcc, 0, x);
    machine_.load(MemoryType::kAcc, 1, y);
    machine_.load_uops({{.dst = 0, .src = 1}});
    machine_.alu(op, 1);
    return result();
  }

  TestMachine machine_;
  std::unique_ptr<Simulator> simulator_;
};

INSTANTIATE_TEST_SUITE_P(Simulators, Semantics, testing::ValuesIn(test_simulators()),
                         [](const auto& simulator) { return simulator.param; });

TEST_P(Semantics, GemmMultipliesByTheTransposedWeights) {
  machine_.load(MemoryType::kAcc, 0, {100, 200, 300, 400});
  machine_.load(MemoryType::kInp, 0, {1, 2, 3, 4});
  machine_.load(MemoryType::kWgt, 0, {1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, -1, -2, -3, -4});
  machine_.load_uops({{}});
  machine_.push(machine_.over(Opcode::kGemm, 1));
  EXPECT_THAT(result(), ElementsAre(101, 202, 310, 370));
}

TEST_P(Semantics, GemmIsExactAtTheExtremesAndWrapsAt32Bits) {
  machine_.load(MemoryType::kAcc, 0, {0, kMax, kMin, -1});
  machine_.load(MemoryType::kInp, 0, {-128, -128, -128, -128});
  machine_.load(MemoryType::kWgt, 0,
                {-128, -128, -128, -128, -128, -128, -128, -128,  //
                 127, 127, 127, 127, 0, 0, 0, 0});
  machine_.load_uops({{}});
  machine_.push(machine_.over(Opcode::kGemm, 1));
  EXPECT_THAT(result(), ElementsAre(65536, kMin + 65535, kMax - 65023, -1));
}

TEST_P(Semantics, GemmResetWritesZerosAndCountsNoMacs) {
  machine_.load(MemoryType::kAcc, 0, {1, 2, 3, 4, 5, 6, 7, 8});
  machine_.load_uops({{.dst = 1}});
  isa::Instruction reset = machine_.over(Opcode::kGemm, 1);
  reset.reset = true;
  reset.src_factor_in = 200;  // inputs are not read, so this is in no range
  machine_.push(reset);
  EXPECT_EQ(machine_.run(*simulator_).gemm_macs, 0);
  EXPECT_THAT(result(0), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(result(1), ElementsAre(0, 0, 0, 0));
}

TEST_P(Semantics, GemmThatOverwritesForgetsWhatWasThere) {
  machine_.load(MemoryType::kAcc, 0, {kMax, kMin, 3, 4, 5, 6, 7, 8});
  machine_.load(MemoryType::kInp, 0, {1, 2, 3, 4});
  machine_.load(MemoryType::kWgt, 0, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
  machine_.load_uops({{.dst = 0}});
  isa::Instruction gemm = machine_.over(Opcode::kGemm, 1);
  gemm.overwrite = true;
  machine_.push(gemm);
  EXPECT_EQ(machine_.run(*simulator_).gemm_macs, 16);
  EXPECT_THAT(result(0), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(result(1), ElementsAre(5, 6, 7, 8));
}

TEST_P(Semantics, GemmOverwritesAtEachMicroOpAndLeavesTheLast) {
  machine_.load(MemoryType::kInp, 0, {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0});
  machine_.load(MemoryType::kWgt, 0, std::vector<int32_t>(32, 10));
  machine_.load_uops({{.dst = 1}, {.dst = 1, .src = 1, .wgt = 1}});
  isa::Instruction gemm = machine_.over(Opcode::kGemm, 2);
  gemm.overwrite = true;
  gemm.iter_in = 2;
  gemm.src_factor_in = 1;
  machine_.push(gemm);
  EXPECT_EQ(machine_.run(*simulator_).gemm_macs, 4 * 16);
  EXPECT_THAT(result(1), ElementsAre(30, 30, 30, 30));
}

TEST_P(Semantics, ResetWinsOverOverwrite) {
  machine_.load(MemoryType::kAcc, 0, {1, 2, 3, 4});
  machine_.load(MemoryType::kInp, 0, {1, 1, 1, 1});
  machine_.load(MemoryType::kWgt, 0, std::vector<int32_t>(16, 1));
  machine_.load_uops({{}});
  isa::Instruction gemm = machine_.over(Opcode::kGemm, 1);
  gemm.reset = gemm.overwrite = true;
  machine_.push(gemm);
  EXPECT_EQ(machine_.run(*simulator_).gemm_macs, 0);
  EXPECT_THAT(result(0), ElementsAre(0, 0, 0, 0));
}

TEST_P(Semantics, LoopsAddTheirFactorsToTheIndices) {
  machine_.load(MemoryType::kInp, 0, {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0});
  machine_.load(MemoryType::kWgt, 0, std::vector<int32_t>(16, 10));
  machine_.load_uops({{.dst = 1}});
  isa::Instruction gemm = machine_.over(Opcode::kGemm, 1);
  gemm.iter_out = 2;
  gemm.iter_in = 2;
  gemm.dst_factor_out = 3;
  gemm.src_factor_out = 2;
  gemm.src_factor_in = 1;  // dst_factor_in is 0: both inner iterations add to the same accumulator
  machine_.push(gemm);
  EXPECT_EQ(machine_.run(*simulator_).gemm_macs, 4 * 16);
  EXPECT_THAT(result(1), ElementsAre(30, 30, 30, 30));
  EXPECT_THAT(result(4), ElementsAre(70, 70, 70, 70));
}

TEST_P(Semantics, MinAndMaxAreSigned) {
  EXPECT_THAT(result_of(AluOp::kMin, {1, -1, kMin, 5}, {2, 1, kMax, 5}),
              ElementsAre(1, -1, kMin, 5));
  EXPECT_THAT(result_of(AluOp::kMax, {1, -1, kMin, 5}, {2, 1, kMax, 5}),
              ElementsAre(2, 1, kMax, 5));
}

TEST_P(Semantics, AddWrapsAndMulKeepsTheLowHalf) {
  EXPECT_THAT(result_of(AluOp::kAdd, {kMax, kMin, -5, 0}, {1, -1, 3, 0}),
              ElementsAre(kMin, kMax, -2, 0));
  EXPECT_THAT(result_of(AluOp::kMul, {65536, -3, kMin, 0x12345}, {65537, 7, -1, 0x10001}),
              ElementsAre(65536, -21, kMin, 0x23462345));
}

TEST_P(Semantics, ShiftIsArithmeticAndTheWholeOperandCounts) {
  EXPECT_THAT(result_of(AluOp::kShr, {-256, 256, -1, 7}, {4, 31, 31, 0}),
              ElementsAre(-16, 0, -1, 7));
  EXPECT_THAT(result_of(AluOp::kShr, {-5, 5, kMin, kMax}, {32, 33, 1000, kMax}),
              ElementsAre(-1, 0, -1, 0));
}

TEST_P(Semantics, NegativeShiftsGoLeft) {
  EXPECT_THAT(result_of(AluOp::kShr, {1, -1, 3, 0x4000'0001}, {-4, -31, -1, -2}),
              ElementsAre(16, kMin, 6, 4));
  EXPECT_THAT(result_of(AluOp::kShr, {1, -1, 3, -7}, {-32, -33, -1000, kMin}),
              ElementsAre(0, 0, 0, 0));
}

TEST_P(Semantics, AnImmediateReplacesTheOperandAndSrcIsNotRead) {
  machine_.load(MemoryType::kAcc, 0, {1, 2, 3, 4});
  machine_.load_uops({{.dst = 0, .src = 255}});
  isa::Instruction add = machine_.over(Opcode::kAlu, 1);
  add.alu_op = AluOp::kAdd;
  add.use_imm = true;
  add.imm = -32768;
  add.iter_in = 2;
  add.src_factor_in = 255;  // would be out of range
  machine_.push(add);
  EXPECT_EQ(machine_.run(*simulator_).alu_ops, 2 * 4);
  EXPECT_THAT(result(), ElementsAre(-65535, -65534, -65533, -65532));
}

TEST_P(Semantics, MicroOpsAreSequential) {
  machine_.load(MemoryType::kAcc, 0, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  machine_.load_uops({{.dst = 1, .src = 0}, {.dst = 2, .src = 1}, {.dst = 3, .src = 2}});
  machine_.alu(AluOp::kAdd, 3);
  EXPECT_THAT(result(3), ElementsAre(4, 4, 4, 4));
}

class RequantiseSemantics : public Semantics {
 protected:
  // acc[0] = x requantised by the same bias, factor and packed word in all lanes
  std::vector<int32_t> requantised(const std::vector<int32_t>& x, int32_t bias, int32_t factor,
                                   const isa::Requantise& record) {
    machine_.load(MemoryType::kAcc, 0, x);
    machine_.load(MemoryType::kAcc, 1, std::vector<int32_t>(4, bias));
    machine_.load(MemoryType::kAcc, 2, std::vector<int32_t>(4, factor));
    machine_.load(MemoryType::kAcc, 3, std::vector<int32_t>(4, pack_requantise(record)));
    machine_.load_uops({{.dst = 0, .src = 1}});
    machine_.alu(AluOp::kRequantise, 1);
    return result();
  }
};
INSTANTIATE_TEST_SUITE_P(Simulators, RequantiseSemantics, testing::ValuesIn(test_simulators()),
                         [](const auto& simulator) { return simulator.param; });

TEST_P(RequantiseSemantics, AddsTheBiasScalesMovesAndClips) {
  EXPECT_THAT(requantised({90, -110, 900, -1000}, 10, 1 << 30, {.shift = -1, .zero_point = 3}),
              ElementsAre(28, -22, 127, -128));
}

TEST_P(RequantiseSemantics, WideLeavesOutTheClip) {
  EXPECT_THAT(requantised({900, -1000, kMax, kMin}, 0, 1 << 30, {.shift = 0, .wide = true}),
              ElementsAre(450, -500, 1 << 30, -(1 << 30)));
}

TEST_P(RequantiseSemantics, SaturatesTheOneOverflowAndShiftsToTheLimits) {
  EXPECT_THAT(requantised({kMin, 0, 1, -1}, 0, kMin, {.shift = 0, .wide = true}),
              ElementsAre(kMax, 0, -1, 1));
  EXPECT_THAT(requantised({kMin, 1 << 30, kMax, -1}, 0, kMax, {.shift = -32, .wide = true}),
              ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(requantised({1, 3, -1, 0}, 0, 1 << 30, {.shift = 31, .wide = true}),
              ElementsAre(-(1 << 30), -(1 << 30), -(1 << 30), 0));
}

TEST_P(RequantiseSemantics, TheMinimumWinsOverASmallerMaximum) {
  EXPECT_THAT(requantised({-40, 0, 40, 20}, 0, kMax, {.clip_min = 10, .clip_max = -10}),
              ElementsAre(10, 10, -10, -10));
}

TEST_P(Semantics, LoadSurroundsRowsWithZeros) {
  machine_.load(MemoryType::kAcc, 0, std::vector<int32_t>(4 * 12, 9));
  std::vector<int32_t> values = {1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4};
  machine_.load(MemoryType::kAcc, 20, values);  // puts the values into DRAM
  const uint64_t address = TestMachine::kData + 4096;
  machine_.push({.opcode = Opcode::kLoad,
                 .memory = MemoryType::kAcc,
                 .dram_base = static_cast<uint32_t>(address / 16),
                 .y_size = 2,
                 .x_size = 1,
                 .x_stride = 2,
                 .y_pad_before = 1,
                 .y_pad_after = 1,
                 .x_pad_before = 1,
                 .x_pad_after = 1});
  EXPECT_EQ(machine_.run(*simulator_).dram_read_bytes, (12 + 4 + 2) * 16);
  const std::vector<int32_t> expected = {0, 0, 0, 0, 1, 0, 0, 3, 0, 0, 0, 0};
  for (uint32_t e = 0; e < 12; ++e) EXPECT_EQ(result(e)[0], expected[e]) << "element " << e;
}

TEST_P(Semantics, PadMinMakesTheLeastIntegersOfInputsAlone) {
  for (const MemoryType type : {MemoryType::kInp, MemoryType::kWgt, MemoryType::kAcc}) {
    machine_.push({.opcode = Opcode::kLoad,
                   .memory = type,
                   .y_pad_before = 1,
                   .x_pad_before = 4,
                   .pad_min = true});
  }
  machine_.load(MemoryType::kInp, 1, {1, 2, 3, 4});  // takes the padding away
  machine_.load(MemoryType::kWgt, 1, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0});
  machine_.load_uops({{.dst = 1, .src = 0, .wgt = 1},
                      {.dst = 2, .src = 1, .wgt = 1},
                      {.dst = 3, .src = 2, .wgt = 0}});
  machine_.push(machine_.over(Opcode::kGemm, 3));
  machine_.run(*simulator_);
  EXPECT_THAT(result(0), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(result(1), ElementsAre(-128, -128, -128, -256));
  EXPECT_THAT(result(2), ElementsAre(1, 2, 3, 5));
  EXPECT_THAT(result(3), ElementsAre(0, 0, 0, 0));
}

TEST_P(Semantics, Acc8ExtendsTheSign) {
  machine_.load(MemoryType::kAcc8, 2, {-128, 127, -1, 5});
  EXPECT_THAT(result(2), ElementsAre(-128, 127, -1, 5));
}

TEST_P(Semantics, StoreKeepsTheLowBits) {
  machine_.load(MemoryType::kAcc, 0, {300, -300, 128, -1});
  const uint64_t address = machine_.store(0, 1);
  EXPECT_EQ(machine_.run(*simulator_).dram_write_bytes, 4);
  EXPECT_THAT(machine_.dram().at(address, 4), ElementsAre(44, 212, 128, 255));
}

TEST_P(Semantics, ScratchpadsOutliveARun) {
  machine_.load(MemoryType::kAcc, 7, {1, 2, 3, 4});
  machine_.run(*simulator_);
  EXPECT_THAT(result(7), ElementsAre(1, 2, 3, 4));
}

hw::Config sub_byte_config() {
  hw::Config config = hw::load_config("tiny");
  config.inp_bits = 2;
  config.wgt_bits = 4;
  config.out_bits = 4;
  return config;
}

class SubByteSemantics : public Semantics {
 protected:
  SubByteSemantics() : Semantics(sub_byte_config()) {}
};
INSTANTIATE_TEST_SUITE_P(Simulators, SubByteSemantics, testing::ValuesIn(test_simulators()),
                         [](const auto& simulator) { return simulator.param; });

TEST_P(SubByteSemantics, TheFirstScalarIsInTheLowBits) {
  machine_.load(MemoryType::kInp, 0, {1, -2, 0, -1});
  machine_.load(MemoryType::kWgt, 0, {7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, -8, -8, 7, 7});
  machine_.load_uops({{}});
  machine_.push(machine_.over(Opcode::kGemm, 1));
  const uint64_t address = machine_.store(0, 1);
  machine_.run(*simulator_);
  // Sums 7, -2, 0 and -8 + 16 - 7 = 1.
  EXPECT_EQ(machine_.dram().at(TestMachine::kData, 1)[0], 0b11'00'10'01);
  EXPECT_THAT(machine_.dram().at(address, 2), ElementsAre(0xe7, 0x10));
}

}  // namespace
}  // namespace vta::sim
