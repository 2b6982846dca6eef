#include "vta/module/placement.h"

#include <gtest/gtest.h>

#include "vta/base/error.h"
#include "vta/isa/check.h"
#include "vta/module/test_module.h"

namespace vta::module {
namespace {

TEST(Placement, KernelBuffersAreTheModules) {
  Kernel kernel;
  kernel.buffers = {2, 0, 2};
  const std::vector<uint64_t> addresses = {10, 20, 30};
  EXPECT_EQ(kernel_addresses(kernel, addresses),
            (std::map<int, uint64_t>{{0, 30}, {1, 10}, {2, 30}}));
}

// The hand-made module loads a (arena, offset 0) and b (a constant) and stores their sum (arena,
// offset 4096).
TEST(Placement, FollowsTheMemoryPlan) {
  const Module module = make_add_module(hw::load_config("default"));
  const auto programs = placed_programs(module);
  ASSERT_EQ(programs.size(), 1U);
  std::vector<int64_t> bases;
  for (const isa::Instruction& i : programs[0].instructions) {
    if (i.is_memory() && i.memory != isa::MemoryType::kUop && i.x_size > 0) {
      bases.push_back(i.dram_base);
    }
  }
  ASSERT_EQ(bases.size(), 3U);
  const int64_t element = module.config.element_bytes(hw::Memory::kOut);
  EXPECT_EQ(bases[2] - bases[0], 4096 / element);
  EXPECT_EQ(bases[1], 0);
  EXPECT_GE(bases[0] * element, static_cast<int64_t>(module.buffers[1].bytes));
  EXPECT_TRUE(isa::check(programs[0]).ok());
}

TEST(Placement, RefusesWhatNoAddressReaches) {
  Module module = make_add_module(hw::load_config("default"));
  module.arena_bytes = UINT64_MAX;
  EXPECT_THROW(placed_programs(module), Error);
  module.arena_bytes = uint64_t{1} << 40;
  module.buffers[2].offset = uint64_t{1} << 39;
  try {
    placed_programs(module);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 20), "kernel 'sum': place:");
  }
}

}  // namespace
}  // namespace vta::module
