// The scheduled depthwise convolution on the device against its expression in the interpreter.
#include "vta/ops/accel/depthwise_conv2d.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "vta/codegen/accel/accel_testing.h"
#include "vta/ops/accel/small_arrays_testing.h"

namespace vta::ops::accel {
namespace {

using codegen::accel::draw_contents;
using codegen::accel::executed;
using codegen::accel::interpreted;

// Kernels of one run of taps and of several; tiles divide or not; threads take groups or rows.
TEST(DepthwiseConv2d, RandomSchedulesDoWhatTheExpressionSays) {
  std::mt19937_64 random(1);
  const auto from = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  std::vector<hw::Config> configs = small_arrays();
  std::erase_if(configs, [](const hw::Config& c) { return c.depthwise_taps == 0; });
  ASSERT_EQ(configs.size(), 3U);
  for (int run = 0; run < 90; ++run) {
    const hw::Config config = configs[static_cast<size_t>(run) % configs.size()];
    Conv2dShape s{.batches = from(1, 2),
                  .groups = from(1, 5),
                  .in_blocks = 1,
                  .in_h = from(3, 9),
                  .in_w = from(5, 9),
                  .out_blocks = 1,
                  .out_h = 0,
                  .out_w = 0,
                  .kernel_h = from(1, 3),
                  .kernel_w = from(config.depthwise_taps, 5),
                  .stride_h = from(1, 2),
                  .stride_w = from(1, 2),
                  .dilation_h = from(1, 2),
                  .pad_top = from(0, 1),
                  .pad_left = from(0, 1),
                  .pad_min = from(0, 1) == 0};
    const int64_t reach = (s.kernel_h - 1) * s.dilation_h + 1;
    s.out_h = std::max<int64_t>(1, (s.in_h + 2 * s.pad_top - reach) / s.stride_h + 1);
    s.out_w = (s.in_w + 2 * s.pad_left - s.kernel_w) / s.stride_w + 1;
    if (from(0, 2) == 0 && s.out_h > 1) s.row_classes.push_back(1);
    const Conv2dKnobs k{.groups = from(1, s.groups),
                        .rows = from(1, s.out_h),
                        .columns = from(1, s.out_w),
                        .threads = from(1, 3),
                        .across = from(0, 1) == 0 ? Across::kGroups : Across::kRows,
                        .weights_stay = from(0, 1) == 0,
                        .records_stay = from(0, 1) == 0};
    const loop::Function expression = depthwise_conv2d(s, config);
    const auto contents = draw_contents(expression, static_cast<uint64_t>(run));
    ASSERT_EQ(executed(scheduled_depthwise_conv2d(s, k, config), config, "fsim", contents),
              interpreted(expression, config, contents))
        << "run " << run;
  }
}

TEST(DepthwiseConv2d, RunsOfTapsCoverTheKernel) {
  hw::Config config = hw::load_config("tiny");
  config.depthwise_taps = 3;
  const auto runs = [&](int64_t kernel_w, int64_t dilation_w = 1) {
    return tap_runs({.in_blocks = 1,
                     .in_h = 20,
                     .in_w = 20,
                     .out_blocks = 1,
                     .out_h = 8,
                     .out_w = 8,
                     .kernel_h = 3,
                     .kernel_w = kernel_w,
                     .dilation_w = dilation_w},
                    config);
  };
  for (int64_t kernel_w = 3; kernel_w < 12; ++kernel_w) {
    const TapRuns r = runs(kernel_w);
    EXPECT_EQ((r.count - 1) * r.step + config.depthwise_taps, kernel_w);
    EXPECT_LE(r.step, config.depthwise_taps);
  }
  EXPECT_EQ(runs(5).count, 2);
  EXPECT_EQ(runs(2).count, 0) << "narrower than the taps";
  EXPECT_EQ(runs(3, 2).count, 0) << "dilated";
  config.depthwise_taps = 0;
  EXPECT_EQ(runs(3).count, 0) << "no taps";
}

}  // namespace
}  // namespace vta::ops::accel
