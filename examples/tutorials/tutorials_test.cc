// docs/tutorials/: each page is made of a tutorial's source and of what the program prints.
//
// In the source, lines that begin with "//|" are the page's text, and what stands between them is
// shown as code, from the first of them on to "//|.". At "//=" stands the next piece of output:
// pieces end with a line of dashes.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/golden.h"
#include "vta/base/file.h"
#include "vta/base/process.h"

namespace vta::tutorials {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string> pieces_of(const std::string& output) {
  std::vector<std::string> pieces(1);
  for (const std::string& line : lines_of(output)) {
    if (line == "----") {
      pieces.emplace_back();
    } else {
      pieces.back() += line + "\n";
    }
  }
  pieces.pop_back();
  return pieces;
}

class Page {
 public:
  explicit Page(std::vector<std::string> output) : output_(std::move(output)) {}

  std::string of(const std::string& source) {
    bool begun = false;
    for (const std::string& line : lines_of(source)) {
      const size_t mark = line.find_first_not_of(' ');
      const std::string rest = mark == std::string::npos ? "" : line.substr(mark);
      if (rest == "//|.") break;
      if (rest.starts_with("//|")) {
        flush_code();
        begun = true;
        text_ += (rest.size() > 4 ? rest.substr(4) : "") + "\n";
      } else if (rest == "//=") {
        flush_code();
        add_output();
      } else if (begun) {
        code_ += line + "\n";
      }
    }
    flush_code();
    EXPECT_EQ(shown_, output_.size()) << "pieces of output shown";
    return text_;
  }

 private:
  void flush_code() {
    const size_t first = code_.find_first_not_of('\n');
    if (first != std::string::npos) {
      const size_t last = code_.find_last_not_of('\n');
      text_ += "\n```cpp\n" + code_.substr(first, last - first + 1) + "\n```\n\n";
    }
    code_.clear();
  }
  void add_output() {
    ASSERT_LT(shown_, output_.size()) << "there are fewer pieces of output than marks";
    text_ += "It prints:\n\n```text\n" + output_[shown_++] + "```\n\n";
  }

  std::vector<std::string> output_;
  size_t shown_ = 0;
  std::string text_, code_;
};

class Tutorial : public testing::TestWithParam<const char*> {};

TEST_P(Tutorial, ThePageShowsTheSourceAndWhatItPrints) {
  const std::string name = GetParam();
  const auto log = std::filesystem::path(testing::TempDir()) / ("tutorial_" + name + ".txt");
  std::filesystem::remove(log);
  const std::string program = std::string(VTA_BINARIES) + "/tutorial_" + name;
  ASSERT_EQ(run_process({program}, testing::TempDir(), log), 0) << read_text_file(log);
  const std::string source = read_text_file("examples/tutorials/" + name + ".cc");
  expect_golden("docs/tutorials/" + name + ".md", Page(pieces_of(read_text_file(log))).of(source));
}

INSTANTIATE_TEST_SUITE_P(Of, Tutorial,
                         testing::Values("1_vector_add", "2_matrix_multiply",
                                         "3_blocked_convolution", "4_operator", "5_intrinsic"),
                         [](const auto& tutorial) { return std::string(tutorial.param); });

}  // namespace
}  // namespace vta::tutorials
