#include "vta/isa/entry_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "vta/isa/footprint.h"

namespace vta::isa {
namespace {

std::set<uint64_t> elements(const EntrySet& set) {
  std::set<uint64_t> result;
  set.for_each([&](uint64_t entry) { result.insert(entry); });
  return result;
}

TEST(EntrySet, RangesCrossWords) {
  for (uint64_t begin = 60; begin < 70; ++begin) {
    for (uint64_t end = begin + 1; end < 200; ++end) {
      EntrySet set(begin, end - 1);
      set.insert_range(begin, end);
      EXPECT_EQ(set.size(), end - begin);
      EXPECT_EQ(*elements(set).begin(), begin);
      EXPECT_EQ(*elements(set).rbegin(), end - 1);
      EXPECT_FALSE(set.contains(begin - 1));
      EXPECT_FALSE(set.contains(end));
    }
  }
}

TEST(EntrySet, RepeatIsTheUnionOfShifts) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    const uint64_t count = 1 + random() % 20;
    const uint64_t step = random() % 150;
    const uint64_t first = random() % 300;
    EntrySet set(first, first + 99 + (count - 1) * step);
    std::set<uint64_t> expected;
    for (int k = 0; k < 5; ++k) {
      const uint64_t entry = first + random() % 100;
      set.insert(entry);
      for (uint64_t i = 0; i < count; ++i) expected.insert(entry + i * step);
    }
    set.repeat(count, step);
    EXPECT_EQ(elements(set), expected) << "count " << count << " step " << step;
  }
}

TEST(DramRegion, CommonByteAgreesWithEnumeration) {
  std::mt19937 random(2);
  const auto region = [&] {
    return DramRegion{.begin = random() % 40,
                      .rows = random() % 4,
                      .row_bytes = 1 + random() % 5,
                      .stride = random() % 12};
  };
  const auto bytes = [](const DramRegion& r) {
    std::set<uint64_t> result;
    for (uint64_t row = 0; row < r.rows; ++row) {
      for (uint64_t k = 0; k < r.row_bytes; ++k) result.insert(r.begin + row * r.stride + k);
    }
    return result;
  };
  int common = 0;
  for (int round = 0; round < 5000; ++round) {
    const DramRegion a = region();
    const DramRegion b = region();
    const auto in_a = bytes(a);
    const auto in_b = bytes(b);
    const bool expected =
        std::ranges::any_of(in_a, [&](uint64_t byte) { return in_b.contains(byte); });
    const auto got = first_common_byte(a, b);
    ASSERT_EQ(got.has_value(), expected);
    if (!got) continue;
    ++common;
    EXPECT_TRUE(in_a.contains(*got) && in_b.contains(*got));
  }
  EXPECT_GT(common, 500);
}

}  // namespace
}  // namespace vta::isa
