#include "tests/golden.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace vta {

bool update_golden_files = false;

void expect_golden(const std::filesystem::path& path, std::string_view text) {
  if (update_golden_files) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file.good()) << path << " is missing: run this test with --update";
  std::istringstream got{std::string(text)};
  std::string expected_line, got_line;
  for (int line = 1;; ++line) {
    const bool more = static_cast<bool>(std::getline(file, expected_line));
    const bool more_got = static_cast<bool>(std::getline(got, got_line));
    if (!more && !more_got) return;
    ASSERT_TRUE(more == more_got && expected_line == got_line)
        << path.string() << ":" << line
        << " differs; --update writes it anew\n  kept: " << (more ? expected_line : "(end)")
        << "\n  now:  " << (more_got ? got_line : "(end)");
  }
}

}  // namespace vta
