// The scheduled convolution on the device against its expression in the interpreter.
#include "vta/ops/accel/conv2d.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "vta/codegen/accel/accel_testing.h"
#include "vta/codegen/accel/time.h"
#include "vta/ops/accel/conv2d_model.h"
#include "vta/ops/accel/small_arrays_testing.h"

namespace vta::ops::accel {
namespace {

using codegen::accel::draw_contents;
using codegen::accel::executed;
using codegen::accel::interpreted;

// Tiles divide or not; threads take groups, output blocks or rows; weights stay or not; some
// outputs are requantised otherwise.
TEST(Conv2d, RandomSchedulesDoWhatTheExpressionSays) {
  std::mt19937_64 random(1);
  const auto from = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  const std::vector<hw::Config> configs = small_arrays();
  for (int run = 0; run < 120; ++run) {
    const hw::Config config = configs[static_cast<size_t>(run) % configs.size()];
    const bool grouped = from(0, 2) == 0;
    Conv2dShape s{.batches = from(1, 2),
                  .groups = grouped ? from(2, 5) : 1,
                  .in_blocks = from(1, grouped ? 2 : 4),
                  .in_h = from(3, 7),
                  .in_w = from(3, 7),
                  .out_blocks = from(1, grouped ? 2 : 4),
                  .out_h = 0,
                  .out_w = 0,
                  .kernel_h = from(1, 3),
                  .kernel_w = from(1, 3),
                  .stride_h = from(1, 2),
                  .stride_w = from(1, 2),
                  .dilation_h = from(1, 2),
                  .dilation_w = 1,
                  .pad_top = from(0, 1),
                  .pad_left = from(0, 1)};
    const int64_t reach = (s.kernel_h - 1) * s.dilation_h + 1;
    s.out_h = std::max<int64_t>(1, (s.in_h + 2 * s.pad_top - reach) / s.stride_h + 1);
    s.out_w = (s.in_w + 2 * s.pad_left - s.kernel_w) / s.stride_w + 1;
    for (int64_t row = 1; row < s.out_h; row += 2) {
      if (from(0, 3) == 0) s.row_classes.push_back(row);
    }
    if (from(0, 1) == 0 && s.out_w > 1) s.column_classes.push_back(s.out_w - 1);
    const Conv2dKnobs k{.groups = from(1, s.groups),
                        .out_blocks = from(1, s.out_blocks),
                        .in_blocks = from(1, s.in_blocks),
                        .rows = from(1, s.out_h),
                        .columns = from(1, s.out_w),
                        .threads = from(1, 3),
                        .across = static_cast<Across>(from(0, 2)),
                        .weights_stay = from(0, 1) == 0,
                        .records_stay = from(0, 1) == 0};
    const loop::Function expression = conv2d(s, config);
    const auto contents = draw_contents(expression, static_cast<uint64_t>(run));
    ASSERT_EQ(executed(scheduled_conv2d(s, k, config), config, "fsim", contents),
              interpreted(expression, config, contents))
        << "run " << run;
  }
}

// The estimate orders schedules well enough: what it picks is within 5 % of the best of others.
TEST(Conv2d, DefaultKnobsAreNearTheBest) {
  const hw::Config config = hw::load_config("default");
  const Conv2dShape s{.in_blocks = 4,
                      .in_h = 14,
                      .in_w = 14,
                      .out_blocks = 8,
                      .out_h = 14,
                      .out_w = 14,
                      .kernel_h = 3,
                      .kernel_w = 3,
                      .pad_top = 1,
                      .pad_left = 1};
  const auto cycles = [&](const Conv2dKnobs& k) {
    const loop::Function f = scheduled_conv2d(s, k, config);
    return codegen::accel::time_of(codegen::accel::generate(f, config),
                                   codegen::accel::parameter_bytes(f), config)
        .timing.cycles;
  };
  uint64_t best = UINT64_MAX;
  for (const int64_t out_blocks : {1, 2, 4}) {
    for (const int64_t in_blocks : {1, 2, 4}) {
      for (const int64_t rows : {2, 7, 14}) {
        for (const Across across : {Across::kOutBlocks, Across::kRows}) {
          const Conv2dKnobs k{1, out_blocks, in_blocks, rows, 14, 2, across, true};
          if (estimated_cycles(s, k, config)) best = std::min(best, cycles(k));
        }
      }
    }
  }
  EXPECT_LE(static_cast<double>(cycles(default_knobs(s, config))),
            1.05 * static_cast<double>(best));
}

}  // namespace
}  // namespace vta::ops::accel
