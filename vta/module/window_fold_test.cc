#include "vta/module/window_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "vta/base/error.h"

namespace vta::module {
namespace {

TEST(WindowFold, ColumnsOfAWindowBecomeChannels) {
  const std::vector<int8_t> values = {1, 2, 3, 4, 5, 10, 20, 30, 40, 50};  // two channels, one row
  const Tensor x = Tensor::of<int8_t>({1, 2, 1, 5}, values);
  const WindowFold fold{.rows = {.out = 1},
                        .columns = {.kernel = 3, .stride = 2, .dilation = 1, .pad = 1, .out = 3},
                        .outside = -7};
  const std::vector<int8_t> expected = {-7, 2, 4,  -7, 20, 40,  // the columns 2v - 1
                                        1,  3, 5,  10, 30, 50,  // 2v
                                        2,  4, -7, 20, 40, -7};
  EXPECT_EQ(fold_windows(x, fold), Tensor::of<int8_t>({1, 6, 1, 3}, expected));
}

TEST(WindowFold, AllTapsBecomeChannels) {
  const std::vector<int8_t> values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const Tensor x = Tensor::of<int8_t>({1, 1, 3, 3}, values);
  const WindowFold fold{.rows = {.kernel = 2, .stride = 2, .dilation = 1, .pad = 1, .out = 2},
                        .columns = {.kernel = 2, .stride = 1, .dilation = 1, .pad = 0, .out = 2},
                        .outside = 99};
  const std::vector<int8_t> expected = {99, 99, 4, 5,  // rows -1 and 1, columns 0 and 1
                                        99, 99, 5, 6,  // columns 1 and 2
                                        1,  2,  7, 8,  // rows 0 and 2
                                        2,  3,  8, 9};
  EXPECT_EQ(fold_windows(x, fold), Tensor::of<int8_t>({1, 4, 2, 2}, expected));
}

TEST(WindowFold, DilatedTapsOfEachRowAndImage) {
  const std::vector<int8_t> values = {1, 2, 3, 4, 5, 6, 7, 8};
  const Tensor x = Tensor::of<int8_t>({2, 1, 2, 2}, values);
  const WindowFold fold{.rows = {.out = 2},
                        .columns = {.kernel = 2, .stride = 1, .dilation = 2, .pad = 1, .out = 2}};
  const std::vector<int8_t> expected = {0, 1, 0, 3, 2, 0, 4, 0, 0, 5, 0, 7, 6, 0, 8, 0};
  EXPECT_EQ(fold_windows(x, fold), Tensor::of<int8_t>({2, 2, 2, 2}, expected));
}

std::string error_of(const std::function<void(WindowFold&)>& change) {
  WindowFold fold{.rows = {.out = 4}, .columns = {.out = 5}};
  change(fold);
  try {
    folded_shape({1, 3, 4, 5}, fold);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(WindowFold, RefusesNumbersOutOfRange) {
  EXPECT_EQ(error_of([](WindowFold&) {}), "no error");
  EXPECT_EQ(error_of([](WindowFold& f) { f.rows.kernel = 256; }),
            "folded windows: rows.kernel is 256, must be from 1 to 255");
  EXPECT_EQ(error_of([](WindowFold& f) { f.columns.stride = 0; }),
            "folded windows: columns.stride is 0, must be from 1 to 255");
  EXPECT_EQ(error_of([](WindowFold& f) { f.columns.out = 516; }),
            "folded windows: columns.out is 516, must be from 1 to 515");
  EXPECT_EQ(error_of([](WindowFold& f) { f.outside = 128; }),
            "folded windows: outside is 128, must be from -128 to 127");
  EXPECT_THAT(
      [] {
        folded_shape({1, 3}, {});
      },
      testing::ThrowsMessage<Error>(
          "folded windows: the tensor has shape 1x3, must have 4 dimensions"));
}

}  // namespace
}  // namespace vta::module
