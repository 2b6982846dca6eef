#include "vta/hw/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/error.h"

namespace vta::hw {
namespace {

std::string error_of(std::string_view json) {
  try {
    parse_config(json, "test.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Config, DefaultHasThePublishedDepths) {
  const Config c = load_config("default");
  EXPECT_EQ(c.depth(Memory::kUop), 8192);
  EXPECT_EQ(c.depth(Memory::kInp), 2048);
  EXPECT_EQ(c.depth(Memory::kWgt), 1024);
  EXPECT_EQ(c.depth(Memory::kAcc), 2048);
  EXPECT_EQ(c.element_bytes(Memory::kInp), 16);
  EXPECT_EQ(c.element_bytes(Memory::kWgt), 256);
  EXPECT_EQ(c.element_bytes(Memory::kAcc), 64);
  EXPECT_EQ(c.element_bytes(Memory::kOut), 16);
  EXPECT_EQ(c.uop_bits(), 32);
  EXPECT_EQ(c.fingerprint(), "1x16x16-i8w8o8a32-u8192i2048w1024a2048-min.max.add.shr.mul.rqt-d3");
}

TEST(Config, Ultra96HasTheTalksPeak) {
  EXPECT_NEAR(load_config("ultra96").peak_gops(), 307.2, 0.01);
}

TEST(Config, MicroOpGrowsTo64BitsWhereIndicesDoNotFit) {
  Config c = load_config("default");
  c.acc_buffer *= 2;
  EXPECT_EQ(c.uop_bits(), 64);
  EXPECT_EQ(c.depth(Memory::kUop), 4096);
}

TEST(Config, EveryPresetIsValidAndRoundTripsThroughJson) {
  for (const Preset& preset : presets()) {
    const Config c = preset.make();
    EXPECT_NO_THROW(validate(c, preset.name));
    EXPECT_EQ(c.name, preset.name);
    const std::string json = to_json(c);
    EXPECT_EQ(to_json(parse_config(json, "round trip")), json) << preset.name;
  }
}

TEST(Config, FingerprintNamesQueuesOfOtherDepths) {
  Config c = load_config("default");
  EXPECT_THAT(c.fingerprint(), testing::EndsWith("rqt-d3"));
  c.command_queue_depth = 16;
  EXPECT_THAT(c.fingerprint(), testing::EndsWith("rqt-d3-q16t1024"));
}

TEST(Config, HistoricalFileLoads) {
  const Config c = parse_config(R"({"TARGET": "sim", "HW_VER": "0.0.2", "LOG_INP_WIDTH": 3,
      "LOG_WGT_WIDTH": 3, "LOG_ACC_WIDTH": 5, "LOG_BATCH": 0, "LOG_BLOCK": 4,
      "LOG_UOP_BUFF_SIZE": 15, "LOG_INP_BUFF_SIZE": 15, "LOG_WGT_BUFF_SIZE": 18,
      "LOG_ACC_BUFF_SIZE": 17})",
                                "vta_config.json");
  const Config reference = load_config("default");
  for (const Memory memory : {Memory::kUop, Memory::kInp, Memory::kWgt, Memory::kAcc}) {
    EXPECT_EQ(c.depth(memory), reference.depth(memory));
  }
  EXPECT_FALSE(c.has(AluOp::kRequantise));
}

TEST(Config, ErrorsNameTheKeyAndWhatIsLegal) {
  EXPECT_EQ(error_of(R"({"gemm": {"batch": 3}})"),
            "test.json: gemm.batch is 3, must be a power of two from 1 to 8");
  EXPECT_EQ(error_of(R"({"gemm": {"block": 16}})"),
            "test.json: unknown key 'gemm.block', expected one of batch, block_in, block_out, "
            "depthwise_taps, products_per_multiplier");
  EXPECT_EQ(error_of(R"({"gemm": {"depthwise_taps": 5}})"),
            "test.json: gemm.depthwise_taps is 5, must be 0 or from 2 to 4");
  EXPECT_EQ(error_of(R"({"gemm": {"block_in": 32, "depthwise_taps": 2}})"),
            "test.json: gemm.depthwise_taps is 2, must be 0 where block_in 32 is more than "
            "block_out 16");
  EXPECT_EQ(error_of(R"({"gemm": {"depthwise_taps": 3}, "buffers": {"inp": 64}})"),
            "test.json: buffers.inp holds 4 elements, must hold 8 for gemm.depthwise_taps 3");
  EXPECT_EQ(parse_config(R"({"gemm": {"block_in": 32}})", "test.json").depthwise_taps, 0);
  EXPECT_EQ(error_of(R"({"types": {"inp": "8"}})"), "test.json: types.inp must be an integer");
  EXPECT_EQ(error_of(R"({"buffers": {"inp": 48}})"),
            "test.json: buffers.inp is 48, must be a power of two from 32 to 1048576");
  EXPECT_EQ(error_of(R"({"alu": {"ops": ["min", "div"]}})"),
            "test.json: alu.ops has 'div', expected names from min, max, add, shr, mul, rqt");
  EXPECT_EQ(error_of(R"({"memory": {"bytes_per_cycle": 32}})"),
            "test.json: memory.bytes_per_cycle is 32, must be from 0.125 to the bus's 16");
  EXPECT_EQ(error_of(R"({"gemm": {"block_in": 2, "block_out": 2}, "types": {"inp": 2}})"),
            "test.json: one inp element (batch x block_in x types.inp) is 4 bits, must be whole "
            "bytes: widen the type or the block");
  EXPECT_EQ(error_of(R"({"queues": {"commands": 1024}})"),
            "test.json: queues.commands is 1024, must be a power of two from 1 to 512");
  EXPECT_EQ(error_of(R"({"queues": {"tokens": 8}})"),
            "test.json: queues.tokens is 8, must be a power of two from 16 to 1024");
  EXPECT_EQ(error_of(R"({"counter_bits": 8})"),
            "test.json: counter_bits is 8, must be 0 or from 16 to 64");
  EXPECT_THAT(error_of("{"), testing::StartsWith("test.json: not a JSON file"));
  EXPECT_THAT(error_of("[]"), testing::HasSubstr("must be a JSON object"));
}

TEST(Config, UnknownPresetListsThePresets) {
  try {
    load_config("nonesuch");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("presets: default, tiny, ultra96"));
  }
}

}  // namespace
}  // namespace vta::hw
