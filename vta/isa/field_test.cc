#include "vta/isa/field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "vta/base/error.h"

namespace vta::isa {
namespace {

std::map<std::string, std::pair<int, int>> layout(const Encoding& encoding, Opcode opcode) {
  std::map<std::string, std::pair<int, int>> result;  // name -> msb, lsb
  for (size_t i = 0; i < fields(opcode).size(); ++i) {
    const Placement p = encoding.placements(opcode)[i];
    result[std::string(fields(opcode)[i].name)] = {p.lsb + p.width - 1, p.lsb};
  }
  return result;
}

using Bits = std::pair<int, int>;

TEST(Encoding, DefaultIsThePublishedOne) {
  const Encoding encoding(hw::load_config("default"));
  EXPECT_EQ(encoding.instruction_bits(), 128);
  EXPECT_EQ(encoding.uop_bits(), 32);
  auto load = layout(encoding, Opcode::kLoad);
  EXPECT_EQ(load["memory"], Bits(9, 7));
  EXPECT_EQ(load["sram_base"], Bits(25, 10));
  EXPECT_EQ(load["dram_base"], Bits(57, 26));
  EXPECT_EQ(load["y_size"], Bits(79, 64));
  EXPECT_EQ(load["x_size"], Bits(95, 80));
  EXPECT_EQ(load["x_stride"], Bits(111, 96));
  EXPECT_EQ(load["y_pad_before"], Bits(115, 112));
  EXPECT_EQ(load["x_pad_after"], Bits(127, 124));
  auto gemm = layout(encoding, Opcode::kGemm);
  EXPECT_EQ(gemm["reset"], Bits(7, 7));
  EXPECT_EQ(gemm["uop_begin"], Bits(20, 8));
  EXPECT_EQ(gemm["uop_end"], Bits(34, 21));
  EXPECT_EQ(gemm["iter_out"], Bits(48, 35));
  EXPECT_EQ(gemm["iter_in"], Bits(62, 49));
  EXPECT_EQ(gemm["dst_factor_out"], Bits(74, 64));
  EXPECT_EQ(gemm["src_factor_in"], Bits(107, 97));
  EXPECT_EQ(gemm["wgt_factor_out"], Bits(117, 108));
  EXPECT_EQ(gemm["wgt_factor_in"], Bits(127, 118));
  EXPECT_EQ(gemm["overwrite"], Bits(63, 63));  // which no published field covers
  auto alu = layout(encoding, Opcode::kAlu);
  EXPECT_EQ(alu["src_factor_in"], Bits(107, 97));
  EXPECT_EQ(alu["alu_op"], Bits(110, 108));
  EXPECT_EQ(alu["use_imm"], Bits(111, 111));
  EXPECT_EQ(alu["imm"], Bits(127, 112));
}

Instruction random_instruction(const Encoding& encoding, std::mt19937& random) {
  Instruction instruction;
  const unsigned opcodes = encoding.config().depthwise_taps > 0 ? 6 : 5;
  instruction.opcode = static_cast<Opcode>(random() % opcodes);
  const auto table = fields(instruction.opcode);
  for (size_t i = 1; i < table.size(); ++i) {
    const int width = encoding.placements(instruction.opcode)[i].width;
    int64_t value = static_cast<int64_t>(random() & ((uint64_t{1} << width) - 1));
    if (table[i].is_signed) value -= int64_t{1} << (width - 1);
    if (table[i].name == "memory" || table[i].name == "alu_op") value %= 6;
    table[i].set(instruction, value);
  }
  return instruction;
}

TEST(Encoding, RandomInstructionsRoundTripInEveryPreset) {
  std::mt19937 random(1);
  for (const hw::Preset& preset : hw::presets()) {
    const Encoding encoding(preset.make());
    for (int i = 0; i < 500; ++i) {
      const Instruction instruction = random_instruction(encoding, random);
      std::vector<uint8_t> bytes;
      encoding.encode(instruction, bytes);
      ASSERT_EQ(static_cast<int64_t>(bytes.size()), encoding.instruction_bytes());
      ASSERT_EQ(encoding.decode(bytes), instruction) << preset.name;
      ASSERT_FALSE(encoding.has_unknown_bits(bytes));
    }
  }
}

TEST(Encoding, WideIndicesTake256BitInstructionsAnd64BitMicroOps) {
  hw::Config config = hw::load_config("default");
  config.acc_buffer *= 4;
  const Encoding encoding(config);
  EXPECT_EQ(encoding.instruction_bits(), 256);
  EXPECT_EQ(encoding.uop_bits(), 64);
  std::vector<uint8_t> bytes;
  encoding.encode(MicroOp{8191, 8190, 1023}, bytes);
  EXPECT_EQ(bytes.size(), 8U);
  EXPECT_EQ(encoding.decode_uop(bytes), (MicroOp{8191, 8190, 1023}));
}

TEST(Encoding, ValueThatDoesNotFitNamesTheField) {
  const Encoding encoding(hw::load_config("default"));
  Instruction instruction{.opcode = Opcode::kGemm, .iter_out = 16384};
  std::vector<uint8_t> bytes;
  try {
    encoding.encode(instruction, bytes);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "gemm: iter_out is 16384, must be from 0 to 16383");
  }
}

TEST(Encoding, UnassignedCodePointsAreErrors) {
  const Encoding encoding(hw::load_config("default"));
  std::vector<uint8_t> bytes(16);
  bytes[0] = 6;
  EXPECT_THROW(encoding.decode(bytes), Error);
  bytes[0] = 5;
  EXPECT_EQ(encoding.decode(bytes).opcode, Opcode::kDepthwise);
  EXPECT_THROW(Encoding(hw::load_config("tiny")).decode(bytes), Error) << "it has no taps";
  bytes[0] = 0;
  bytes[0] |= 0x80;
  bytes[1] = 0x03;  // memory type 7
  EXPECT_THROW(encoding.decode(bytes), Error);
}

TEST(Alu, ShiftCountsBehaveAsTheLimit) {
  EXPECT_EQ(alu(hw::AluOp::kShr, -5, 40), -1);
  EXPECT_EQ(alu(hw::AluOp::kShr, 5, 32), 0);
  EXPECT_EQ(alu(hw::AluOp::kShr, 5, -2), 20);
  EXPECT_EQ(alu(hw::AluOp::kShr, -1, -32), 0);
  EXPECT_EQ(alu(hw::AluOp::kShr, -9, 1), -5);
  EXPECT_EQ(alu(hw::AluOp::kAdd, INT32_MAX, 1), INT32_MIN);
  EXPECT_EQ(alu(hw::AluOp::kMul, 65536, 65537), 65536);
}

TEST(Requantise, RecordWordRoundTrips) {
  for (int shift = -32; shift < 32; ++shift) {
    const Requantise record{shift, shift % 2 == 0, shift * 4, -shift, 127 - shift};
    const Requantise back = unpack_requantise(pack_requantise(record));
    EXPECT_EQ(back.shift, shift);
    EXPECT_EQ(back.wide, record.wide);
    EXPECT_EQ(back.zero_point, static_cast<int8_t>(record.zero_point));
    EXPECT_EQ(back.clip_min, record.clip_min);
    EXPECT_EQ(back.clip_max, static_cast<int8_t>(record.clip_max));
  }
}

}  // namespace
}  // namespace vta::isa
