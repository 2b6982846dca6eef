#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/error.h"
#include "vta/runtime/command_stream.h"

namespace vta::runtime {
namespace {

using isa::MemoryType;
using isa::Opcode;
using ::testing::HasSubstr;

constexpr int kUops = RelocatableProgram::kUopBuffer;

// LOAD of 8 inputs from element 3 of buffer 0, and an ALU instruction with one micro-op.
RelocatableProgram small_program(const hw::Config& config) {
  CommandStream stream(config);
  stream.load(MemoryType::kInp, 0, {0, 3}, {.row_size = 8});
  stream.alu_immediate(hw::AluOp::kAdd, 1, {{.dst = 5}}, {});
  return stream.finish();
}

std::string place_error(const RelocatableProgram& program, const hw::Config& config,
                        const std::map<int, uint64_t>& addresses) {
  try {
    place(program, config, addresses);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Place, AddsTheBufferBaseInElementsOfTheMovedType) {
  const hw::Config config = hw::load_config("default");
  const isa::Program program = place(small_program(config), config, {{0, 0x1000}, {kUops, 0x2000}});
  EXPECT_EQ(program.instructions[0].dram_base, 0x1000 / 16 + 3);
  EXPECT_EQ(program.instructions[1].memory, MemoryType::kUop);
  EXPECT_EQ(program.instructions[1].dram_base, 0x2000 / 4);
  EXPECT_THAT(program.uops,
              testing::ElementsAre(testing::Pair(0x2000 / 4, isa::MicroOp{.dst = 5})));
}

TEST(Place, RefusesWhatItCannotAddress) {
  const hw::Config config = hw::load_config("default");
  const RelocatableProgram program = small_program(config);
  EXPECT_EQ(place_error(program, config, {{kUops, 0}}), "place: buffer 0 has no address");
  EXPECT_EQ(place_error(program, config, {{0, 0x1008}, {kUops, 0}}),
            "place: buffer 0 is at 0x1008, must be a multiple of its element's 16 bytes");
  EXPECT_THAT(place_error(program, config, {{0, uint64_t{16} << 32}, {kUops, 0}}),
              HasSubstr("beyond the 32-bit address"));
  // The last element that can be addressed, and one more.
  const uint64_t end = uint64_t{16} << 32;
  EXPECT_EQ(place_error(program, config, {{0, end - 16 * 11}, {kUops, 0}}), "no error");
  EXPECT_THAT(place_error(program, config, {{0, end - 16 * 10}, {kUops, 0}}),
              HasSubstr("moves elements up to 4294967297 of buffer 0"));
}

TEST(Place, RefusesRelocationsThatNameNoTransfer) {
  const hw::Config config = hw::load_config("default");
  RelocatableProgram program = small_program(config);
  program.relocations = {{100, 0}};
  EXPECT_THAT(place_error(program, config, {{0, 0}}), HasSubstr("relocation of instruction 100"));
  program.relocations = {{2, 0}};
  EXPECT_EQ(place_error(program, config, {{0, 0}}),
            "place: relocation of instruction 2, which is alu");
}

}  // namespace
}  // namespace vta::runtime
