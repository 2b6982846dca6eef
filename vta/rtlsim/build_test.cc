// What can go wrong in building the library, and that it is built once.
#include "vta/rtlsim/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_THAT(
      [] { build_library(broken()); },
      ThrowsMessage<Error>("simulating the RTL needs verilator, which cannot be run: No such "
                           "file or directory (Debian package verilator)"));
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

TEST_F(Building, AFolderThatCannotBeMadeIsAnError) {
  setenv("VTA_CACHE_DIR", "/proc/vta", 1);
  EXPECT_THAT([] { build_library(broken()); },
              ThrowsMessage<Error>("/proc/vta: cannot create the cache folder: No such file or "
                                   "directory"));
}

}  // namespace
}  // namespace vta::rtlsim
