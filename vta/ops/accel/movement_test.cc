// Scheduled movements on the device against their expressions in the interpreter.
#include "vta/ops/accel/movement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "vta/codegen/accel/accel_testing.h"

namespace vta::ops::accel {
namespace {

using codegen::accel::draw_contents;
using codegen::accel::executed;
using codegen::accel::interpreted;

TEST(Movement, RandomSchedulesDoWhatTheExpressionSays) {
  std::mt19937_64 random(5);
  const auto from = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (uint64_t run = 0; run < 120; ++run) {
    hw::Config config = hw::load_config("tiny");
    config.inp_buffer = config.wgt_buffer = 16 << 10;
    config.acc_buffer = 64 << 10;
    config.batch = run % 4 == 1 ? 2 : 1;
    config.block_in = run % 4 == 2 ? 8 : 4;
    config.block_out = config.alu_lanes = config.requantise_lanes = run % 4 == 3 ? 8 : 4;
    hw::validate(config, "test");
    MovementShape s{
        .batches = from(1, 2), .blocks = {from(1, 4)}, .h = from(1, 6), .w = from(1, 6)};
    for (int64_t more = from(0, 2); more > 0; --more) s.blocks.push_back(from(1, 4));
    s.repeat_h = from(1, 3);
    s.repeat_w = from(1, 3);
    const MovementKnobs k{.blocks = from(1, std::ranges::max(s.blocks)),
                          .rows = from(1, s.h),
                          .columns = from(1, s.w),
                          .threads = from(1, 3),
                          .split_rows = from(0, 1) == 0};
    const loop::Function expression = movement(s, config);
    const auto contents = draw_contents(expression, run);
    ASSERT_EQ(executed(scheduled_movement(s, k, config), config, "fsim", contents),
              interpreted(expression, config, contents))
        << "run " << run;
  }
}

TEST(Movement, TheDefaultFits) {
  const hw::Config config = hw::load_config("default");
  const MovementShape s{.blocks = {16, 8}, .h = 26, .w = 26, .repeat_h = 2, .repeat_w = 2};
  const MovementKnobs knobs = default_knobs(s, config);
  EXPECT_NO_THROW(codegen::accel::generate(scheduled_movement(s, knobs, config), config));
}

}  // namespace
}  // namespace vta::ops::accel
