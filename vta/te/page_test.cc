// docs/schedules.md is true: each of its results is what its schedule makes of the function above
// it, or what the refusal says. `te_test --update` writes the results anew.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "tests/golden.h"
#include "vta/base/error.h"
#include "vta/loop/passes.h"
#include "vta/loop/text.h"
#include "vta/loop/verify.h"
#include "vta/te/schedule.h"

namespace vta::te {
namespace {

constexpr auto kPage = "docs/schedules.md";

// The page's examples, one after the other: an intrinsic, a function, a schedule, its result.
class Page {
 public:
  // The page with results as they are now.
  std::string regenerated(std::istream& page) {
    std::string out, line;
    while (std::getline(page, line)) {
      out += line + "\n";
      if (!line.starts_with("```")) continue;
      const std::string kind = line.substr(3);
      const std::string text = up_to_fence(page);
      if (kind == "intrinsic") {
        loop::Function f = loop::parse(text);
        intrinsics_[f.name] = std::move(f);
      } else if (kind == "loop") {
        function_ = loop::parse(text);
      } else if (kind == "schedule") {
        result_ = result_of(text);
        ++examples_;
      } else if (kind == "result") {
        out += result_ + "```\n";
        continue;
      } else {
        ADD_FAILURE() << "a block of the unknown kind '" << kind << "'";
      }
      out += text + "```\n";
    }
    return out;
  }
  int examples() const { return examples_; }

 private:
  static std::string up_to_fence(std::istream& page) {
    std::string text, line;
    while (std::getline(page, line) && line != "```") text += line + "\n";
    return text;
  }

  // Rewrites, then perhaps passes.
  std::string result_of(const std::string& lines) const {
    const std::map<std::string, loop::Function (*)(const loop::Function&)> passes = {
        {"lower_blocks", loop::lower_blocks},
        {"form_copies", loop::form_copies},
        {"compact_buffers", loop::compact_buffers}};
    std::istringstream input(lines);
    std::string line;
    try {
      Schedule s(function_, intrinsics_);
      loop::Function f = s.function();
      while (std::getline(input, line)) {
        const auto pass = passes.find(line);
        if (pass == passes.end()) s.apply(line);
        f = pass == passes.end() ? s.function() : pass->second(f);
        verify(f);
      }
      return to_string(f);
    } catch (const Error& error) {
      return error.what() + std::string("\n");
    }
  }

  loop::Intrinsics intrinsics_;
  loop::Function function_;
  std::string result_;
  int examples_ = 0;
};

TEST(SchedulesPage, ResultsAreWhatTheRewritesDo) {
  std::ifstream file(kPage, std::ios::binary);
  ASSERT_TRUE(file.good()) << kPage << " is missing";
  Page page;
  expect_golden(kPage, page.regenerated(file));
  EXPECT_GE(page.examples(), 25);
}

}  // namespace
}  // namespace vta::te
