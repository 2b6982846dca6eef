// Command streams that really run, on every device and for several orders of the units.
#include "vta/runtime/loaded_program.h"

#include <gtest/gtest.h>

#include <numeric>

#include "vta/isa/check.h"

namespace vta::runtime {
namespace {

using isa::MemoryType;
using isa::Unit;

constexpr int kInput = 0;
constexpr int kOutput = 1;
constexpr int kTiles = 24;

// tiny, but with room for four micro-ops: the kernels below evict one another.
hw::Config four_micro_ops() {
  hw::Config config = hw::load_config("tiny");
  config.uop_buffer = 4 * config.element_bytes(hw::Memory::kUop);
  return config;
}

// Tile t is four values: loaded into accumulator t % 8, t added in t % 3 + 1 steps, stored. An
// accumulator is loaded again only when the store of what it held is done.
RelocatableProgram add_tile_number(const hw::Config& config) {
  CommandStream stream(config);
  for (int tile = 0; tile < kTiles; ++tile) {
    if (tile >= 8) stream.pop(Unit::kStore, Unit::kCompute);
    stream.load(MemoryType::kAcc8, tile % 8, {kInput, tile}, {.row_size = 1});
    const auto vector = static_cast<uint32_t>(tile % 8);
    const std::vector<isa::MicroOp> kernel(static_cast<size_t>(tile % 3 + 1), {.dst = vector});
    stream.alu_immediate(hw::AluOp::kAdd, tile, kernel, {});
    stream.push(Unit::kCompute, Unit::kStore);
    stream.pop(Unit::kCompute, Unit::kStore);
    stream.store(tile % 8, {kOutput, tile}, {.row_size = 1});
    if (tile + 8 < kTiles) stream.push(Unit::kStore, Unit::kCompute);
  }
  return stream.finish();
}

std::vector<uint8_t> run_on(Device& device) {
  std::vector<uint8_t> bytes(4 * kTiles);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  const DeviceBuffer input(device, bytes.size());
  const DeviceBuffer output(device, bytes.size());
  device.copy_to(input.address(), bytes);
  LoadedProgram program(device, add_tile_number(device.config()),
                        {{kInput, input.address()}, {kOutput, output.address()}});
  program.run();
  const Counters counters = program.run();
  EXPECT_EQ(counters.alu_ops, 4U * 2 * kTiles);  // two micro-ops a tile on average
  EXPECT_EQ(counters.dram_write_bytes, bytes.size());
  device.copy_from(output.address(), bytes);
  return bytes;
}

std::vector<uint8_t> expected() {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 4 * kTiles; ++i) {
    const int tile = i / 4;
    bytes.push_back(static_cast<uint8_t>(i + tile * (tile % 3 + 1)));
  }
  return bytes;
}

TEST(LoadedProgram, ItsProgramIsProvenSafe) {
  const hw::Config config = four_micro_ops();
  const isa::Program program =
      place(add_tile_number(config), config,
            {{kInput, 0x1000}, {kOutput, 0x2000}, {RelocatableProgram::kUopBuffer, 0x3000}});
  const isa::CheckReport report = isa::check(program);
  EXPECT_TRUE(report.ok() && report.warnings.empty()) << isa::to_string(report);
  EXPECT_EQ(report.instructions, program.instructions.size());
}

TEST(LoadedProgram, GivesTheSameBytesInEveryOrderOfTheUnits) {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const auto device = make_device("ref", four_micro_ops(), seed);
    EXPECT_EQ(run_on(*device), expected()) << "seed " << seed;
  }
}

TEST(LoadedProgram, GivesTheSameBytesOnEveryDevice) {
  for (const std::string& name : device_names()) {
    const auto device = make_device(name, four_micro_ops());
    EXPECT_EQ(run_on(*device), expected()) << name;
  }
}

}  // namespace
}  // namespace vta::runtime
