#include "vta/compiler/memory_plan.h"

#include <gtest/gtest.h>

#include <random>

namespace vta::compiler {
namespace {

TEST(MemoryPlan, BuffersThatNeverLiveTogetherShare) {
  const std::vector<Lifetime> chain = {{100, 0, 1}, {100, 1, 2}, {100, 2, 3}, {100, 3, 4}};
  EXPECT_EQ(plan_memory(chain, 64).bytes, 2 * 128U);
}

TEST(MemoryPlan, RandomPlansNeverOverlap) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> lifetimes(random() % 20 + 1);
    for (Lifetime& life : lifetimes) {
      life.bytes = random() % 5000 + 1;
      life.first = random() % 20;
      life.last = life.first + random() % 6;
    }
    const MemoryPlan plan = plan_memory(lifetimes, 256);
    for (size_t i = 0; i < lifetimes.size(); ++i) {
      ASSERT_EQ(plan.offsets[i] % 256, 0U);
      ASSERT_LE(plan.offsets[i] + lifetimes[i].bytes, plan.bytes);
      for (size_t j = 0; j < i; ++j) {
        const bool together =
            lifetimes[i].first <= lifetimes[j].last && lifetimes[j].first <= lifetimes[i].last;
        const bool overlap = plan.offsets[i] < plan.offsets[j] + lifetimes[j].bytes &&
                             plan.offsets[j] < plan.offsets[i] + lifetimes[i].bytes;
        ASSERT_FALSE(together && overlap) << i << " and " << j;
      }
    }
  }
}

}  // namespace
}  // namespace vta::compiler
