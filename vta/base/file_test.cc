#include "vta/base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "vta/base/error.h"

namespace vta {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class File : public testing::Test {
 protected:
  File() : folder_(fs::path(testing::TempDir()) / fmt::format("vta_file_test_{}", ::getpid())) {
    fs::create_directories(folder_);
  }
  ~File() override { fs::remove_all(folder_); }

  fs::path folder_;
};

TEST_F(File, BytesComeBack) {
  const std::vector<uint8_t> bytes = {0, 255, '\n', '\r', 0, 7};
  write_file(folder_ / "bytes", bytes);
  EXPECT_EQ(read_file(folder_ / "bytes"), bytes);
  write_file(folder_ / "bytes", {});
  EXPECT_TRUE(read_file(folder_ / "bytes").empty());
}

TEST_F(File, WritingReplacesAndLeavesNothingElse) {
  write_text_file(folder_ / "text", "a longer first text");
  write_text_file(folder_ / "text", "second");
  EXPECT_EQ(read_text_file(folder_ / "text"), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(File, AFailedWriteLeavesNothing) {
  fs::create_directories(folder_ / "taken" / "inside");
  EXPECT_THAT([&] { write_text_file(folder_ / "taken", "x"); },
              ThrowsMessage<Error>(HasSubstr("taken: cannot write")));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(File, APipeIsReadToItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "piped", 5), 5);
  ::close(ends[1]);
  EXPECT_EQ(read_text_file(fmt::format("/proc/self/fd/{}", ends[0])), "piped");
  ::close(ends[0]);
}

TEST_F(File, ErrorsNameThePathAndTheReason) {
  const fs::path missing = folder_ / "missing";
  EXPECT_THAT([&] { read_file(missing); },
              ThrowsMessage<Error>(missing.string() + ": no such file"));
  EXPECT_THAT([&] { read_file(folder_); },
              ThrowsMessage<Error>(folder_.string() + ": is a folder, expected a file"));
  EXPECT_THAT(
      [&] { write_text_file(missing / "x", "text"); },
      ThrowsMessage<Error>((missing / "x").string() + ": cannot write: No such file or directory"));
}

TEST_F(File, TheLimitHoldsForFilesAndEndlessStreams) {
  write_text_file(folder_ / "ten", "0123456789");
  EXPECT_EQ(read_file(folder_ / "ten", 10).size(), 10U);
  EXPECT_THAT([&] { read_file(folder_ / "ten", 9); },
              ThrowsMessage<Error>(HasSubstr("ten: is 10 bytes long, the limit here is 9")));
  EXPECT_THAT([] { read_file("/dev/zero", 1000); },
              ThrowsMessage<Error>(AllOf(HasSubstr("/dev/zero"), HasSubstr("1000 bytes"))));
}

}  // namespace
}  // namespace vta
