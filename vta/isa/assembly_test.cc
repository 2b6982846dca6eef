#include "vta/isa/assembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/error.h"
#include "vta/isa/mnemonic.h"
#include "vta/isa/random_program.h"

namespace vta::isa {
namespace {

std::string error_of(std::string_view text) {
  try {
    assemble(text, "x.vasm");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

constexpr std::string_view kText = R"(.config default
     0: load.uop dram_base=0x400 y_size=1 x_size=2 x_stride=2
     1: load.inp push_next dram_base=0x1000 y_size=4 x_size=14 x_stride=56 y_pad_before=1
     2: gemm pop_prev push_prev reset uop_end=2 iter_out=14 iter_in=1 dst_factor_out=1
     3: alu.shr uop_begin=1 uop_end=2 iter_out=1 iter_in=1 use_imm imm=-5
     4: store.out sram_base=7 y_size=1 x_size=1
     5: finish
.uops 0x400
  dst=0 src=0 wgt=0
  dst=1 src=4 wgt=1023
.uops 0xffffffff
  dst=2047 src=0 wgt=0
)";

TEST(Assembly, GoldenTextMeansWhatItSays) {
  const Program p = assemble(kText);
  EXPECT_EQ(p.config.name, "default");
  ASSERT_EQ(p.instructions.size(), 6U);
  EXPECT_EQ(p.instructions[1], (Instruction{.opcode = Opcode::kLoad,
                                            .push_next = true,
                                            .memory = MemoryType::kInp,
                                            .dram_base = 0x1000,
                                            .y_size = 4,
                                            .x_size = 14,
                                            .x_stride = 56,
                                            .y_pad_before = 1}));
  EXPECT_EQ(p.instructions[3].alu_op, hw::AluOp::kShr);
  EXPECT_EQ(p.instructions[3].imm, -5);
  ASSERT_EQ(p.uops.size(), 3U);
  EXPECT_EQ(p.uops.at(0x401), (MicroOp{.dst = 1, .src = 4, .wgt = 1023}));
  EXPECT_EQ(disassemble(p), kText);
}

TEST(Assembly, LabelsCommentsAndSpacesAreForTheReader) {
  const Program p = assemble(".config tiny  \n\n# nothing\n\tgemm  iter_in=0x10#ten\r\nfinish");
  ASSERT_EQ(p.instructions.size(), 2U);
  EXPECT_EQ(p.instructions[0].iter_in, 16U);
  EXPECT_EQ(p.config.name, "tiny");
}

TEST(Assembly, ConfigurationThatIsNoPresetIsWrittenInFull) {
  Program p;
  p.config = hw::load_config("tiny");
  p.config.name = "my # own\n config";
  p.config.clock_mhz = 33.3;
  const Program back = assemble(disassemble(p));
  EXPECT_EQ(hw::to_json(back.config), hw::to_json(p.config));
}

// A short text form leaves zeros out, so equality covers every field of every mnemonic.
TEST(Assembly, RandomProgramsRoundTripOnEveryPreset) {
  std::mt19937 random(1);
  for (const hw::Preset& preset : hw::presets()) {
    Program p{.config = preset.make(), .instructions = {}, .uops = {}};
    const Encoding encoding(p.config);
    for (int round = 0; round < 20; ++round) {
      for (const Mnemonic& m : mnemonics()) {
        p.instructions.push_back(random_instruction(random, encoding, m.instruction));
      }
      p.uops[static_cast<uint32_t>(random())] = random_uop(random, encoding);
    }
    const std::string text = disassemble(p);
    const Program back = assemble(text);
    EXPECT_EQ(back.instructions, p.instructions) << preset.name;
    EXPECT_EQ(back.uops, p.uops) << preset.name;
    EXPECT_EQ(disassemble(back), text) << preset.name;
  }
}

TEST(Assembly, EveryFieldOfTheTableIsReachable) {
  const Encoding encoding(hw::load_config("default"));
  for (const Mnemonic& m : mnemonics()) {
    for (const Field& field : fields(m.instruction.opcode)) {
      if (is_in_mnemonic(field)) continue;
      Instruction expected = m.instruction;
      field.set(expected, 1);
      const auto text = fmt::format(".config default\n{} {}=1", m.text, field.name);
      EXPECT_EQ(assemble(text).instructions.at(0), expected) << text;
    }
  }
}

TEST(Assembly, BitsThatNoFieldCoversAreKept) {
  std::vector<uint8_t> bytes(16, 0xff);
  bytes[0] = 3;  // finish without tokens; 121 bits are ignored
  const Encoding encoding(hw::load_config("default"));
  Program p{.config = encoding.config(), .instructions = {}, .uops = {}};
  append_encoded(p, encoding, bytes);
  EXPECT_EQ(disassemble(p),
            ".config default\n     0: finish ignored=0xffffffffffffffffffffffffffffff00\n");
  EXPECT_EQ(encode_instructions(assemble(disassemble(p))), bytes);
  EXPECT_EQ(
      error_of(".config default\ngemm ignored=0x80"),
      "x.vasm:2:14: ignored is '0x80', must be 0x and hexadecimal digits that set no bit of a "
      "field of gemm");
}

TEST(Assembly, ErrorsSayWhereAndWhatIsLegal) {
  const auto line = [](std::string_view text) {
    return error_of(fmt::format(".config default\n{}", text));
  };
  EXPECT_EQ(error_of(""),
            "x.vasm:0:1: no .config line, must name a preset or hold a configuration's JSON");
  EXPECT_EQ(error_of("gemm"), "x.vasm:1:1: 'gemm' before .config, which must come first");
  EXPECT_THAT(error_of(".config nix"), testing::StartsWith("x.vasm:1:9: unknown preset 'nix', "
                                                           "expected one of default, tiny"));
  EXPECT_EQ(error_of(".config {\"gemm\": {\"batch\": 3}}"),
            "x.vasm:1:9: gemm.batch is 3, must be a power of two from 1 to 8");
  EXPECT_EQ(line(".config tiny"), "x.vasm:2:1: a second .config, a program has one");
  EXPECT_EQ(line(".data"), "x.vasm:2:1: unknown directive '.data', expected .config or .uops");
  EXPECT_EQ(line("  jump"),
            "x.vasm:2:3: unknown instruction 'jump', expected one of load.uop, load.wgt, load.inp, "
            "load.acc, load.out, load.acc8, store.uop, store.wgt, store.inp, store.acc, store.out, "
            "store.acc8, gemm, depthwise, alu.min, alu.max, alu.add, alu.shr, alu.mul, alu.rqt, "
            "finish");
  EXPECT_EQ(
      line("finish now"),
      "x.vasm:2:8: unknown operand 'now', finish has pop_prev, pop_next, push_prev, push_next");
  EXPECT_EQ(line("gemm iter_in"), "x.vasm:2:6: iter_in needs a value: iter_in=NUMBER");
  EXPECT_EQ(line("gemm iter_in=16384"),
            "x.vasm:2:14: iter_in is '16384', must be a number from 0 to 16383");
  EXPECT_EQ(line("alu.add imm=-32769"),
            "x.vasm:2:13: imm is '-32769', must be a number from -32768 to 32767");
  EXPECT_EQ(line("gemm reset=2"), "x.vasm:2:12: reset is '2', must be a number from 0 to 1");
  EXPECT_EQ(line("gemm reset reset"), "x.vasm:2:12: reset is given twice");
  EXPECT_EQ(line("7:"), "x.vasm:2:1: a number without an instruction");
  EXPECT_EQ(line("dst=1"), "x.vasm:2:1: a micro-op before .uops, which says where it lies");
  EXPECT_EQ(line(".uops -1"),
            "x.vasm:2:1: .uops takes one number, the first DRAM element, from 0 to 0xffffffff");
  EXPECT_EQ(line(".uops 1\ndst=2048"),
            "x.vasm:3:5: dst is '2048', must be a number from 0 to 2047");
  EXPECT_EQ(line(".uops 1\nsrc=0 ds=1"),
            "x.vasm:3:7: unknown operand 'ds', a micro-op has dst, src, wgt");
  EXPECT_EQ(line(".uops 1\ndst=0 dst=1"), "x.vasm:3:7: dst is given twice");
  EXPECT_EQ(line(".uops 0xffffffff\ndst=0\ndst=1"),
            "x.vasm:4:1: a micro-op beyond element 0xffffffff");
  EXPECT_EQ(line(".uops 1\ndst=0\n.uops 1\ndst=1"), "x.vasm:5:1: a second micro-op at element 0x1");
}

}  // namespace
}  // namespace vta::isa
