// Meaning is kept: random expressions under random rewrites give the same values, integer for
// integer.
#include <gtest/gtest.h>

#include <map>

#include "vta/loop/passes.h"
#include "vta/loop/text.h"
#include "vta/loop/verify.h"
#include "vta/te/random_testing.h"
#include "vta/te/te_testing.h"

namespace vta::te {
namespace {

constexpr uint64_t kPairs = 20000;

TEST(ScheduleRandom, RewritesKeepTheMeaning) {
  std::map<std::string, int> applied;
  for (uint64_t seed = 0; seed < kPairs; ++seed) {
    Random random(seed);
    Schedule s(Expression(random).draw());
    const auto expected = results(s.function(), seed);
    rewrite_at_random(random, s);
    for (const std::string& line : s.log()) ++applied[line.substr(0, line.find(' '))];
    std::vector<std::vector<int64_t>> actual, compact;
    try {
      actual = results(s.function(), seed);
      const loop::Function lowered = compact_buffers(lower_blocks(s.function()));
      verify(lowered);
      compact = results(lowered, seed);
    } catch (const Error& error) {
      FAIL() << "seed " << seed << ": " << error.what() << "\n"
             << fmt::format("{}", fmt::join(s.log(), "\n")) << "\n"
             << s.show();
    }
    ASSERT_EQ(actual, expected) << "seed " << seed << "\n"
                                << fmt::format("{}", fmt::join(s.log(), "\n")) << "\n"
                                << s.show();
    ASSERT_EQ(compact, expected) << "seed " << seed << ", lowered and compacted\n"
                                 << fmt::format("{}", fmt::join(s.log(), "\n")) << "\n"
                                 << to_string(compact_buffers(lower_blocks(s.function())));
    ASSERT_EQ(to_string(loop::parse(s.show())), s.show()) << "seed " << seed;
  }
  // Every rewrite took part.
  EXPECT_GE(applied.size(), 12U);
  for (const auto& [verb, count] : applied) EXPECT_GE(count, 50) << verb;
}

}  // namespace
}  // namespace vta::te
