// vta report, through the real command; its page in a real browser, without a screen.
#include <gmock/gmock.h>

#include "tools/tool_testing.h"
#include "vta/base/process.h"

namespace vta::tools {
namespace {

using testing::HasSubstr;

class ReportCommand : public Tools {
 protected:
  // The page's elements after its scripts have run, and what the console said.
  std::string open_in_browser(const std::string& page) const {
    const int status = run_process(
        {"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--user-data-dir=" + path("profile"), "--enable-logging=stderr", "--window-size=1400,1000",
         "--virtual-time-budget=20000", "--dump-dom", "file://" + page},
        path("."), path("browser"));
    EXPECT_EQ(status, 0);
    return read_text_file(path("browser"));
  }
};

TEST_F(ReportCommand, DrawsEveryChart) {
  const Outcome outcome =
      vta("report " VTA_SOURCE_DIR "/models/fashion_resnet8.onnx -o " + path("report.html"));
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("layers, "));
  const std::string page = open_in_browser(path("report.html"));
  EXPECT_THAT(page, Not(HasSubstr(":CONSOLE")));
  EXPECT_THAT(page, HasSubstr(R"(data-report="drawn")"));
  for (const char* chart : {"graph", "roofline", "losses", "timeline", "memory", "what-if"}) {
    EXPECT_THAT(page, testing::ContainsRegex(std::string("id=\"") + chart +
                                             "\" class=\"chart\"[^>]* _echarts_instance_=\""))
        << chart;
  }
  EXPECT_THAT(page, HasSubstr("<td>twice the bandwidth</td>"));
  EXPECT_THAT(page, HasSubstr("<td>twice the buffers</td>"));
  EXPECT_THAT(page, HasSubstr("<td>twice the array</td>"));
}

// A node's name is the model's, and stands in a script and in tips.
TEST_F(ReportCommand, KeepsAModelsNamesOutOfThePagesText) {
  const std::vector<uint8_t> model = read_file(VTA_SOURCE_DIR "/models/fashion_resnet8.onnx");
  std::string text(model.begin(), model.end());
  const std::string name = "/stem/stem.0/Conv", hostile = "</script><b>oops1";
  ASSERT_EQ(name.size(), hostile.size());
  size_t replaced = 0;
  for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; ++replaced) {
    text.replace(at, name.size(), hostile);
  }
  ASSERT_GT(replaced, 0u);
  write_text_file(path("hostile.onnx"), text);
  const Outcome outcome = vta("report " + path("hostile.onnx") + " -o " + path("report.html"));
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(read_text_file(path("report.html")), Not(HasSubstr(hostile)));
  const std::string page = open_in_browser(path("report.html"));
  EXPECT_THAT(page, Not(HasSubstr(":CONSOLE")));
  EXPECT_THAT(page, HasSubstr(R"(data-report="drawn")"));
  EXPECT_THAT(page, Not(HasSubstr("<b>oops1")));
}

}  // namespace
}  // namespace vta::tools
