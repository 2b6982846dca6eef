// The scheduled convolution on the device against its expression in the interpreter.
#include "vta/ops/accel/conv2d.h"

#include <gtest/gtest.h>

#include <random>

#include "vta/codegen/accel/accel_testing.h"

namespace vta::ops::accel {
namespace {

using codegen::accel::draw_contents;
using codegen::accel::executed;
using codegen::accel::interpreted;

hw::Config roomy() {
  hw::Config c = hw::load_config("tiny");
  c.inp_buffer = c.wgt_buffer = 16 << 10;
  c.acc_buffer = 64 << 10;
  return c;
}
hw::Config wide_outputs() {
  hw::Config c = roomy();
  c.block_out = c.alu_lanes = c.requantise_lanes = 8;
  return c;
}

// Tiles divide or not; threads take rows or output blocks; weights stay or not.
TEST(Conv2d, RandomSchedulesDoWhatTheExpressionSays) {
  std::mt19937_64 random(1);
  const auto from = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (int run = 0; run < 60; ++run) {
    const hw::Config config = run % 2 == 0 ? roomy() : wide_outputs();
    Conv2dShape s{.batches = from(1, 2),
                  .in_blocks = from(1, 4),
                  .in_h = from(3, 7),
                  .in_w = from(3, 7),
                  .out_blocks = from(1, 4),
                  .out_h = 0,
                  .out_w = 0,
                  .kernel_h = from(1, 3),
                  .kernel_w = from(1, 3),
                  .stride_h = from(1, 2),
                  .stride_w = from(1, 2),
                  .pad_top = from(0, 1),
                  .pad_left = from(0, 1)};
    s.out_h = (s.in_h + 2 * s.pad_top - s.kernel_h) / s.stride_h + 1;
    s.out_w = (s.in_w + 2 * s.pad_left - s.kernel_w) / s.stride_w + 1;
    const Conv2dKnobs k{.out_blocks = from(1, s.out_blocks),
                        .in_blocks = from(1, s.in_blocks),
                        .rows = from(1, s.out_h),
                        .columns = from(1, s.out_w),
                        .threads = from(1, 3),
                        .split_rows = from(0, 1) == 0,
                        .weights_stay = from(0, 1) == 0};
    const loop::Function expression = conv2d(s, config);
    const auto contents = draw_contents(expression, static_cast<uint64_t>(run));
    ASSERT_EQ(executed(scheduled_conv2d(s, k, config), config, "fsim", contents),
              interpreted(expression, config, contents))
        << "run " << run;
  }
}

}  // namespace
}  // namespace vta::ops::accel
