#include "vta/sim/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/error.h"
#include "vta/sim/replay.h"

namespace vta::sim {
namespace {

std::vector<uint8_t> file_of(const std::string& header, size_t payload = 32) {
  std::string text = "VTATRACE";
  for (const size_t word : {size_t{1}, header.size()}) {
    for (int i = 0; i < 4; ++i) text += static_cast<char>(word >> (8 * i));
  }
  text += header + std::string(payload, '\x03');
  return {text.begin(), text.end()};
}

std::string header_with(const std::string& blocks, const std::string& count = "1") {
  return R"({"name":"n","origin":"o","hw":{},"insn_addr":0,"insn_count":)" + count + "," + blocks +
         "}";
}

std::string error_of(const std::vector<uint8_t>& bytes) {
  try {
    parse_trace(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

constexpr const char* kGood =
    R"("segments":[{"addr":0,"size":16,"offset":0}],"outputs":[{"addr":64,"size":16,"offset":16}])";

TEST(Trace, ReadsAHeaderWithAConfigurationOfOurOwn) {
  const Trace trace = parse_trace(file_of(header_with(kGood)));
  EXPECT_EQ(trace.config.fingerprint(), hw::load_config("default").fingerprint());
  EXPECT_EQ(trace.segments.at(0).bytes, std::vector<uint8_t>(16, 3));
  EXPECT_EQ(trace.outputs.at(0).address, 64);
}

TEST(Trace, RefusesWhatIsNotATrace) {
  EXPECT_EQ(error_of({}), "not a .vtatrace file: must begin with VTATRACE");
  auto bytes = file_of(header_with(kGood));
  bytes[8] = 2;
  EXPECT_EQ(error_of(bytes), "format version 2, this program reads 1");
  bytes[8] = 1;
  bytes[15] = 0x7f;
  EXPECT_THAT(error_of(bytes), testing::StartsWith("the header's length is 21"));
  EXPECT_THAT(error_of(file_of("{]")), testing::StartsWith("the header is not JSON: "));
}

TEST(Trace, RefusesBlocksThatTheFileDoesNotHold) {
  EXPECT_EQ(error_of(file_of(header_with(kGood), 31)),
            "outputs[0]: 16 bytes at offset 16 end beyond the payload of 31");
  EXPECT_EQ(
      error_of(file_of(header_with(
          R"("segments":[{"addr":0,"size":32,"offset":0},{"addr":64,"size":1,"offset":0}])"))),
      "segments[1]: the blocks together are larger than the payload of 32 bytes");
  EXPECT_EQ(
      error_of(file_of(header_with(R"("segments":[{"addr":4294967296,"size":1,"offset":0}])"))),
      "segments[0]: 'size' is 1, must be at most 0");
  EXPECT_EQ(error_of(file_of(header_with(
                R"("segments":[{"addr":0,"size":8,"offset":0},{"addr":7,"size":8,"offset":8}])"))),
            "two of 'segments' overlap at address 0x7");
}

TEST(Trace, RefusesKeysThatAreMissingOrUnknown) {
  EXPECT_EQ(error_of(file_of("{}")), "the header has no 'name'");
  EXPECT_EQ(error_of(file_of(header_with(kGood + std::string(R"(,"x":1)")))),
            "the header: unknown key 'x'");
  EXPECT_EQ(error_of(file_of(header_with(kGood + std::string(R"(,"config":{})")))),
            "the header must have one of 'config' and 'hw'");
  EXPECT_EQ(error_of(file_of(header_with(kGood, "-1"))),
            "the header: 'insn_count' must be a whole number");
}

TEST(Trace, BoundsTheMicroOpsOfAProgram) {
  isa::Instruction load{.opcode = isa::Opcode::kLoad, .y_size = 65535, .x_size = 65535};
  Trace trace;
  trace.config = hw::load_config("default");
  trace.insn_count = 1;
  std::vector<uint8_t> bytes;
  isa::Encoding(trace.config).encode(load, bytes);
  trace.segments = {{0, bytes}};
  EXPECT_THROW(program_of(trace), Error);
}

// Two stores of the same byte: the later one is named.
TEST(Replay, NamesTheFirstDifferenceAndWhoWroteIt) {
  Trace trace;
  trace.config = hw::load_config("tiny");
  trace.insn_count = 3;
  const isa::Encoding encoding(trace.config);
  const isa::Instruction store{.opcode = isa::Opcode::kStore,
                               .memory = isa::MemoryType::kOut,
                               .dram_base = 64,
                               .y_size = 2,
                               .x_size = 1,
                               .x_stride = 2};
  std::vector<uint8_t> program;
  encoding.encode(store, program);
  encoding.encode(store, program);
  encoding.encode({.opcode = isa::Opcode::kFinish}, program);
  trace.segments = {{0, program}};
  trace.outputs = {{256, {0, 0, 0, 0}}, {264, {0, 7, 0, 0}}, {272, {9}}};
  const Replay result = replay(trace, *make_reference(trace.config));
  ASSERT_TRUE(result.difference);
  EXPECT_EQ(
      to_string(*result.difference),
      "first difference at 0x109: got 0x00, expected 0x07, written by instruction 1 (store.out "
      "dram_base=0x40 y_size=2 x_size=1 x_stride=2)");
  trace.outputs = {{272, {9}}};
  EXPECT_THAT(to_string(*replay(trace, *make_reference(trace.config)).difference),
              testing::EndsWith("which no store covers"));
}

}  // namespace
}  // namespace vta::sim
