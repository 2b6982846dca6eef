#include "vta/runtime/command_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "vta/base/error.h"

namespace vta::runtime {
namespace {

using isa::Instruction;
using isa::MemoryType;
using isa::MicroOp;
using isa::Opcode;
using isa::Unit;
using ::testing::ElementsAre;

const hw::Config& tiny() {
  static const hw::Config kConfig = hw::load_config("tiny");
  return kConfig;
}

const std::vector<MicroOp> kOneMicroOp = {{.dst = 1, .src = 2, .wgt = 3}};

// Opcode, memory type and token bits: "load.inp", "-next gemm +prev", …
std::string summary(const Instruction& i) {
  return fmt::format("{}{}{}{}{}{}", i.pop_prev ? "-prev " : "", i.pop_next ? "-next " : "",
                     isa::opcode_name(i.opcode),
                     i.is_memory() ? "." + std::string(isa::memory_name(i.memory)) : "",
                     i.push_prev ? " +prev" : "", i.push_next ? " +next" : "");
}

std::vector<std::string> summaries(const RelocatableProgram& program) {
  std::vector<std::string> lines;
  for (const Instruction& instruction : program.instructions) lines.push_back(summary(instruction));
  return lines;
}

std::string error_of(const std::function<void(CommandStream&)>& use) {
  CommandStream stream(tiny());
  try {
    use(stream);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(CommandStream, OneTileBecomesExactlyTheseInstructions) {
  CommandStream stream(tiny());
  stream.load(MemoryType::kInp, 4, {0, 100},
              {.rows = 2, .row_size = 3, .row_stride = 9, .pad_top = 1, .pad_right = 2});
  stream.push(Unit::kLoad, Unit::kCompute);
  stream.pop(Unit::kLoad, Unit::kCompute);
  stream.gemm(kOneMicroOp,
              {.outer = 2, .inner = 3, .dst_outer = 4, .src_inner = 5, .wgt_outer = 6});
  stream.push(Unit::kCompute, Unit::kStore);
  stream.pop(Unit::kCompute, Unit::kStore);
  stream.store(7, {1, 8}, {.row_size = 2});
  const RelocatableProgram program = stream.finish();

  const Instruction load{.opcode = Opcode::kLoad,
                         .push_next = true,
                         .memory = MemoryType::kInp,
                         .sram_base = 4,
                         .dram_base = 100,
                         .y_size = 2,
                         .x_size = 3,
                         .x_stride = 9,
                         .y_pad_before = 1,
                         .x_pad_after = 2};
  const Instruction load_uop{
      .opcode = Opcode::kLoad, .memory = MemoryType::kUop, .y_size = 1, .x_size = 1, .x_stride = 1};
  const Instruction gemm{.opcode = Opcode::kGemm,
                         .pop_prev = true,
                         .push_next = true,
                         .uop_end = 1,
                         .iter_out = 2,
                         .iter_in = 3,
                         .dst_factor_out = 4,
                         .src_factor_in = 5,
                         .wgt_factor_out = 6};
  const Instruction store{.opcode = Opcode::kStore,
                          .pop_prev = true,
                          .push_prev = true,
                          .memory = MemoryType::kOut,
                          .sram_base = 7,
                          .dram_base = 8,
                          .y_size = 1,
                          .x_size = 2};
  const Instruction finish{.opcode = Opcode::kFinish, .pop_next = true};
  EXPECT_THAT(program.instructions, ElementsAre(load, load_uop, gemm, store, finish));
  EXPECT_THAT(program.relocations,
              ElementsAre(Relocation{0, 0}, Relocation{1, RelocatableProgram::kUopBuffer},
                          Relocation{3, 1}));
  EXPECT_EQ(program.uops, kOneMicroOp);
}

TEST(CommandStream, FoldsTokensIntoInstructionsOrInsertsOnes) {
  CommandStream stream(tiny());
  stream.push(Unit::kCompute, Unit::kLoad);  // nothing to fold into
  stream.push(Unit::kCompute, Unit::kLoad);  // its bit is taken
  stream.pop(Unit::kCompute, Unit::kLoad);
  stream.pop(Unit::kCompute, Unit::kLoad);   // the first pop gets an instruction of its own
  stream.push(Unit::kLoad, Unit::kCompute);  // not before the second pop
  stream.pop(Unit::kLoad, Unit::kCompute);
  EXPECT_THAT(summaries(stream.finish()),
              ElementsAre("load.uop +prev", "load.uop +prev", "-next load.inp",
                          "-next load.inp +next", "-prev finish"));
}

TEST(CommandStream, MicroOpLoadRunsAheadOfThePop) {
  CommandStream stream(tiny());
  stream.push(Unit::kStore, Unit::kCompute);
  stream.pop(Unit::kStore, Unit::kCompute);
  stream.alu(hw::AluOp::kAdd, kOneMicroOp, {});
  EXPECT_THAT(summaries(stream.finish()),
              ElementsAre("store.out +prev", "load.uop", "-next alu", "finish"));
}

TEST(CommandStream, FinishWaitsForUnitsThatHaveNotSaidSo) {
  CommandStream stream(tiny());
  stream.load(MemoryType::kWgt, 0, {0, 0}, {.row_size = 1});
  stream.store(0, {1, 0}, {.row_size = 1});
  EXPECT_THAT(summaries(stream.finish()),
              ElementsAre("load.wgt +next", "store.out +prev", "-prev -next finish"));
  EXPECT_THAT(summaries(stream.finish()), ElementsAre("finish")) << "the stream is not empty again";
}

TEST(CommandStream, FinishRefusesUnbalancedTokens) {
  EXPECT_EQ(error_of([](CommandStream& s) {
              s.push(Unit::kCompute, Unit::kLoad);
              s.finish();
            }),
            "finish: 1 tokens pushed from compute to load, but 0 popped");
  EXPECT_EQ(error_of([](CommandStream& s) { s.push(Unit::kLoad, Unit::kStore); }),
            "push: no token queue leads from load to store");
  EXPECT_EQ(error_of([](CommandStream& s) { s.pop(Unit::kLoad, Unit::kLoad); }),
            "pop: no token queue leads from load to load");
}

TEST(CommandStream, ResidentKernelIsNotLoadedAgain) {
  CommandStream stream(tiny());
  for (int i = 0; i < 3; ++i) stream.reset(kOneMicroOp, {});
  const RelocatableProgram first = stream.finish();
  EXPECT_THAT(summaries(first), ElementsAre("load.uop", "gemm", "gemm", "gemm", "finish"));
  EXPECT_EQ(first.uops.size(), 1U);
  stream.reset(kOneMicroOp, {});  // another program may have run in between
  EXPECT_THAT(summaries(stream.finish()), ElementsAre("load.uop", "gemm", "finish"));
}

TEST(CommandStream, RefusesTransfersThatDoNotFit) {
  const auto load = [](MemoryType type, int64_t sram, int64_t element, Region region) {
    return error_of([=](CommandStream& s) { s.load(type, sram, {0, element}, region); });
  };
  EXPECT_EQ(load(MemoryType::kInp, 0, 0, {.row_size = 70000}),
            "load: x_size is 70000, must be from 0 to 65535");
  EXPECT_EQ(load(MemoryType::kInp, 0, -1, {.row_size = 1}),
            "load: dram_base is -1, must be from 0 to 4294967295");
  EXPECT_EQ(load(MemoryType::kInp, 0, 0, {.row_size = 1, .pad_left = 16}),
            "load: x_pad_before is 16, must be from 0 to 15");
  EXPECT_EQ(load(MemoryType::kInp, 250, 0, {.row_size = 6}), "no error");
  EXPECT_EQ(load(MemoryType::kInp, 250, 0, {.row_size = 6, .pad_right = 1}),
            "load inp: 7 elements from 250 on do not fit, the scratchpad holds 256");
  EXPECT_EQ(load(MemoryType::kInp, 0, 0, {}), "load inp: 1 rows of 0 elements move nothing");
  EXPECT_EQ(load(MemoryType::kUop, 0, 0, {.row_size = 1}),
            "load: memory type is uop, must be inp, wgt, acc or acc8");
  EXPECT_EQ(error_of([](CommandStream& s) { s.store(0, {}, {.row_size = 1, .pad_top = 1}); }),
            "store: padding is not possible");
}

TEST(CommandStream, RefusesLoopsThatDoNotFit) {
  const auto gemm = [](const std::vector<MicroOp>& kernel, LoopNest loops) {
    return error_of([=](CommandStream& s) { s.gemm(kernel, loops); });
  };
  EXPECT_EQ(gemm(kOneMicroOp, {.outer = 0}),
            "gemm: the loops run 0 x 1 times, must be at least 1 x 1");
  EXPECT_EQ(gemm(kOneMicroOp, {.inner = 16384}), "gemm: iter_in is 16384, must be from 0 to 16383");
  EXPECT_EQ(gemm(kOneMicroOp, {.src_outer = 256}),
            "gemm: src_factor_out is 256, must be from 0 to 255");
  EXPECT_EQ(gemm(kOneMicroOp, {.outer = 126, .wgt_outer = 1}),
            "gemm: wgt reaches index 128, the wgt scratchpad holds 128");
  EXPECT_EQ(gemm(kOneMicroOp, {.outer = 125, .wgt_outer = 1}), "no error");
  EXPECT_EQ(gemm({}, {}), "a micro-kernel has no micro-ops, must have at least one");
  EXPECT_EQ(
      error_of([](CommandStream& s) { s.overwrite(kOneMicroOp, {.inner = 255, .src_inner = 1}); }),
      "overwrite: src reaches index 256, the inp scratchpad holds 256");
  EXPECT_EQ(error_of([](CommandStream& s) { s.reset({{.dst = 256}}, {}); }),
            "reset: dst reaches index 256, the acc scratchpad holds 256");
}

TEST(CommandStream, RefusesAluInstructionsThatTheConfigurationLacks) {
  const auto with = [](hw::AluOp op, std::optional<int32_t> immediate, uint32_t src) {
    return error_of([=](CommandStream& s) {
      if (immediate)
        s.alu_immediate(op, *immediate, {{.src = src}}, {});
      else
        s.alu(op, {{.src = src}}, {});
    });
  };
  EXPECT_EQ(with(hw::AluOp::kAdd, 32768, 0), "alu: imm is 32768, must be from -32768 to 32767");
  EXPECT_EQ(with(hw::AluOp::kAdd, -32768, 0), "no error");
  EXPECT_EQ(with(hw::AluOp::kRequantise, 0, 0), "alu: rqt takes no immediate");
  EXPECT_EQ(with(hw::AluOp::kRequantise, std::nullopt, 253), "no error");
  EXPECT_EQ(with(hw::AluOp::kRequantise, std::nullopt, 254),
            "alu: src reaches index 256, the acc scratchpad holds 256");
  hw::Config plain = tiny();
  plain.alu_ops = {hw::AluOp::kMin, hw::AluOp::kMax, hw::AluOp::kAdd, hw::AluOp::kShr};
  CommandStream stream(plain);
  EXPECT_THROW(stream.alu(hw::AluOp::kMul, kOneMicroOp, {}), Error);
}

}  // namespace
}  // namespace vta::runtime
