// The fixture of tests that run the real command `vta` in a folder of their own.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "vta/base/file.h"

namespace vta::tools {

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

class Tools : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  Outcome vta(const std::string& arguments) const {
    const std::string command =
        fmt::format("{} {} >{} 2>{}", VTA_BINARY, arguments, path("out"), path("err"));
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text_file(path("out")),
            read_text_file(path("err"))};
  }

  // Status 1, nothing on standard output, and just that line on standard error.
  void expect_error(const std::string& arguments, const std::string& message) const {
    const Outcome outcome = vta(arguments);
    EXPECT_EQ(outcome.status, 1) << arguments;
    EXPECT_EQ(outcome.out, "") << arguments;
    EXPECT_EQ(outcome.err, "vta: " + message + "\n") << arguments;
  }

  void expect_usage_error(const std::string& arguments, const std::string& message) const {
    const Outcome outcome = vta(arguments);
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_EQ(outcome.out, "") << arguments;
    EXPECT_EQ(outcome.err, message + "\n") << arguments;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace vta::tools
