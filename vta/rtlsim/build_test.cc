// What can go wrong in building the library, and that it is built once.
#include "vta/rtlsim/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "vta/base/error.h"
#include "vta/base/file.h"

namespace vta::rtlsim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Sets a variable of the environment for a while.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name), before_(std::getenv(name)) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { setenv(name_, before_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
};

class Building : public testing::Test {
 protected:
  Building() : folder_(fs::path(testing::TempDir()) / "vta_building") {
    fs::remove_all(folder_);
    setenv("VTA_CACHE_DIR", folder_.c_str(), 1);
  }
  ~Building() override {
    unsetenv("VTA_CACHE_DIR");
    fs::remove_all(folder_);
  }
  static Design broken() { return {.sources = {{"vta.sv", "module vta (;\nendmodule\n"}}}; }

  fs::path folder_;
};

TEST_F(Building, AMissingToolIsNamedWithItsPackage) {
  const Variable path("PATH", "/nonexistent");
  EXPECT_THAT([] { build_library(broken()); },
              ThrowsMessage<Error>(
                  "simulating the RTL needs the Debian package verilator: verilator cannot "
                  "be run: No such file or directory"));
}

TEST_F(Building, AFailureNamesTheToolAndItsOutput) {
  std::string message;
  try {
    build_library(broken());
  } catch (const Error& error) {
    message = error.what();
  }
  const std::string prefix = "verilator failed on the RTL; its output is in ";
  ASSERT_THAT(message, testing::StartsWith(prefix));
  EXPECT_THAT(read_text_file(message.substr(prefix.size())),
              HasSubstr("vta.sv:1:13: syntax error"));
  for (const auto& entry : fs::directory_iterator(folder_)) {
    EXPECT_FALSE(entry.is_directory()) << entry.path();
  }
}

TEST_F(Building, AnotherDesignIsAnotherLibrary) {
  const auto failure = [](const Design& design) -> std::string {
    try {
      build_library(design);
    } catch (const Error& error) {
      return error.what();
    }
    return "built";
  };
  Design wide = broken();
  wide.bus_bits = 256;
  Design waves = broken();
  waves.wave = true;
  EXPECT_EQ(failure(broken()), failure(broken()));
  EXPECT_NE(failure(broken()), failure(wide));
  EXPECT_NE(failure(broken()), failure(waves));
}

TEST_F(Building, TheCacheIsWhereTheEnvironmentSays) {
  EXPECT_EQ(cache_folder(), folder_);
  unsetenv("VTA_CACHE_DIR");
  const Variable home("HOME", "/home/someone");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(cache_folder(), "/home/someone/.cache/vta");
  setenv("XDG_CACHE_HOME", "/var/cache", 1);
  EXPECT_EQ(cache_folder(), "/var/cache/vta");
  unsetenv("XDG_CACHE_HOME");
}

TEST_F(Building, TheCacheKeepsTheLibrariesThatWereUsedLast) {
  fs::create_directories(folder_);
  const auto now = fs::file_time_type::clock::now();
  for (int age = 0; age < 5; ++age) {
    const fs::path library = folder_ / fmt::format("rtl-{}.so", age);
    write_text_file(library, "");
    fs::last_write_time(library, now - std::chrono::hours(age));
  }
  write_text_file(folder_ / "other.so", "");
  prune_libraries(folder_, 3);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    left.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(left, testing::UnorderedElementsAre("rtl-0.so", "rtl-1.so", "rtl-2.so", "other.so"));
}

TEST_F(Building, AFolderThatCannotBeMadeIsAnError) {
  setenv("VTA_CACHE_DIR", "/proc/vta", 1);
  EXPECT_THAT([] { build_library(broken()); },
              ThrowsMessage<Error>("/proc/vta: cannot create the cache folder: No such file or "
                                   "directory"));
}

}  // namespace
}  // namespace vta::rtlsim
