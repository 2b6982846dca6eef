// The main function of every test program: GoogleTest's, but a program whose tests were all skipped
// says so by its exit status, so that ctest does not count it as passed. `--update` writes golden
// files anew (tests/golden.h).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "tests/golden.h"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--update") vta::update_golden_files = true;
  }
  const int failed = RUN_ALL_TESTS();
  if (failed != 0) return failed;
  const testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  constexpr int kSkipped = 77;  // SKIP_RETURN_CODE in cmake/VtaTargets.cmake
  return tests.successful_test_count() == 0 ? kSkipped : 0;
}
