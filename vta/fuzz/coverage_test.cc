#include "vta/fuzz/coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "vta/base/file.h"
#include "vta/fuzz/generate.h"
#include "vta/fuzz/suite.h"

namespace vta::fuzz {
namespace {

TEST(Coverage, CommittedPlanIsCurrent) {
  EXPECT_EQ(read_text_file("docs/verification.md"), verification_markdown())
      << "write it again: vta fuzz --doc > docs/verification.md";
}

TEST(Coverage, NamesAreUniqueAndEachAppliesToTheSuite) {
  std::set<std::string> names;
  for (const Point& point : points()) {
    EXPECT_TRUE(names.insert(point.name).second) << point.name;
    if (!point.applies) continue;
    const auto configs = suite();
    EXPECT_TRUE(std::ranges::any_of(configs, point.applies)) << point.name;
  }
}

TEST(Coverage, CountsProgramsAndNamesWhatIsMissed) {
  Coverage coverage;
  const auto all = coverage.missed(suite(), /*timed=*/false);
  EXPECT_GT(all.size(), 200);
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    coverage.add(Observation(generate(suite()[0], seed)));
  }
  EXPECT_LT(coverage.missed(suite(), false).size(), all.size() / 2);
  EXPECT_GT(coverage.missed(suite(), true).size(), coverage.missed(suite(), false).size());
}

}  // namespace
}  // namespace vta::fuzz
