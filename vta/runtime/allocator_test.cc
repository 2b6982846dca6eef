#include "vta/runtime/allocator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "vta/base/error.h"

namespace vta::runtime {
namespace {

using ::testing::ThrowsMessage;

TEST(Allocator, TakesTheFirstBlockThatFits) {
  Allocator allocator(4096, 5 * 4096, 4096);
  EXPECT_EQ(allocator.allocate(1), 4096U);
  EXPECT_EQ(allocator.allocate(4097), 2U * 4096);
  allocator.free(4096);
  EXPECT_EQ(allocator.allocate(4097 - 1), 4096U);
  EXPECT_EQ(allocator.allocate(0), 4U * 4096);
}

TEST(Allocator, SaysHowMuchIsLeft) {
  Allocator allocator(0, 3 * 4096, 4096);
  allocator.allocate(4096);
  EXPECT_THAT(
      [&] { allocator.allocate(8193); },
      ThrowsMessage<Error>("device memory: 8193 bytes asked, the largest free block has 8192"));
  EXPECT_THROW(allocator.allocate(~uint64_t{0}), Error);
  allocator.allocate(8192);
  EXPECT_THAT([&] { allocator.allocate(0); }, ThrowsMessage<Error>("device memory: it is full"));
}

TEST(Allocator, RefusesToFreeWhatIsNotABlock) {
  Allocator allocator(4096, 1 << 20, 4096);
  const uint64_t address = allocator.allocate(10);
  EXPECT_THROW(allocator.free(address + 64), Error);
  allocator.free(address);
  EXPECT_THAT([&] { allocator.free(address); },
              ThrowsMessage<Error>("device memory: no block in use begins at 0x1000"));
}

TEST(Allocator, RandomUseNeverOverlapsAndMergesBackToOneBlock) {
  constexpr uint64_t kEnd = 1 << 20;
  Allocator allocator(4096, kEnd, 4096);
  std::mt19937 random(1);
  std::map<uint64_t, uint64_t> live;
  for (int i = 0; i < 2000; ++i) {
    if (!live.empty() && random() % 2 == 0) {
      const auto victim = std::next(live.begin(), static_cast<long>(random() % live.size()));
      allocator.free(victim->first);
      live.erase(victim);
    } else if (const uint64_t bytes = random() % 40000; allocator.free_bytes() > kEnd / 2) {
      const uint64_t address = allocator.allocate(bytes);
      const auto next = live.lower_bound(address);
      ASSERT_EQ(address % 4096, 0U);
      ASSERT_TRUE(next == live.end() || address + bytes <= next->first);
      ASSERT_TRUE(next == live.begin() ||
                  std::prev(next)->first + std::prev(next)->second <= address);
      live[address] = bytes;
    }
  }
  for (const auto& [address, bytes] : live) allocator.free(address);
  EXPECT_EQ(allocator.allocate(kEnd - 4096), 4096U);
}

}  // namespace
}  // namespace vta::runtime
