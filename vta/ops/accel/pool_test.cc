// The scheduled pools on the device against their expressions in the interpreter.
#include "vta/ops/accel/pool.h"

#include <gtest/gtest.h>

#include <random>

#include "vta/codegen/accel/accel_testing.h"
#include "vta/codegen/accel/time.h"
#include "vta/ops/accel/pool_model.h"

namespace vta::ops::accel {
namespace {

using codegen::accel::draw_contents;
using codegen::accel::executed;
using codegen::accel::interpreted;

hw::Config roomy(int batch, int block_in, int block_out) {
  hw::Config c = hw::load_config("tiny");
  c.inp_buffer = c.wgt_buffer = 16 << 10;
  c.acc_buffer = 64 << 10;
  c.batch = batch;
  c.block_in = block_in;
  c.block_out = c.alu_lanes = c.requantise_lanes = block_out;
  hw::validate(c, "test");
  return c;
}

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}
  int64_t from(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  PoolAxis axis() {
    PoolAxis a{.in = from(1, 9), .kernel = from(1, 3), .stride = from(1, 3)};
    a.dilation = from(1, 2);
    a.out = from(1, 1 + a.in / a.stride);
    a.pad = from(0, std::min(a.kernel * a.dilation, a.span(a.out, a.kernel) - 1));
    return a;
  }
  PoolKnobs knobs(const PoolShape& s) {
    return {.planes = from(1, s.planes),
            .rows = from(1, s.h.out),
            .columns = from(1, s.w.out),
            .kernel_rows = from(1, s.h.kernel),
            .threads = from(1, 3),
            .split_rows = from(0, 1) == 0,
            .first_overwrites = from(0, 1) == 0};
  }

 private:
  std::mt19937_64 random_;
};

// Tiles divide or not; threads take rows or planes; windows leave the picture or not.
TEST(Pool, RandomSchedulesDoWhatTheExpressionSays) {
  Draw draw(2);
  const std::vector<hw::Config> configs = {roomy(1, 4, 4), roomy(1, 4, 8), roomy(1, 8, 4),
                                           roomy(2, 4, 4)};
  for (uint64_t run = 0; run < 80; ++run) {
    const hw::Config& config = configs[run % configs.size()];
    PoolShape s{.planes = draw.from(1, 4), .h = draw.axis(), .w = draw.axis()};
    const bool is_average = run % 8 < 4;
    if (is_average) {
      for (int64_t row = 1; row < s.h.out; row += 2) {
        if (draw.from(0, 3) == 0) s.row_classes.push_back(row);
      }
      if (draw.from(0, 1) == 0 && s.w.out > 1) s.column_classes.push_back(s.w.out - 1);
    }
    const PoolKnobs k = draw.knobs(s);
    const loop::Function expression = is_average ? average_pool(s, config) : max_pool(s, config);
    const loop::Function scheduled =
        is_average ? scheduled_average_pool(s, k, config) : scheduled_max_pool(s, k, config);
    const auto contents = draw_contents(expression, run);
    ASSERT_EQ(executed(scheduled, config, "fsim", contents),
              interpreted(expression, config, contents))
        << "run " << run;
  }
}

// On tsim at `default`: ResNet-18's two pools, and one of VGG's.
TEST(Pool, TheDefaultsTakeTheseCycles) {
  const hw::Config config = hw::load_config("default");
  const auto cycles = [&](PoolKind kind, const PoolShape& s) {
    const PoolKnobs k = default_knobs(kind, s, config);
    const loop::Function f = kind == PoolKind::kMax ? scheduled_max_pool(s, k, config)
                                                    : scheduled_average_pool(s, k, config);
    return codegen::accel::time_of(codegen::accel::generate(f, config),
                                   codegen::accel::parameter_bytes(f), config)
        .timing.cycles;
  };
  const auto both = [](int64_t planes, const PoolAxis& a) {
    return PoolShape{.planes = planes, .h = a, .w = a};
  };
  EXPECT_EQ(
      cycles(PoolKind::kMax, both(4, {.in = 112, .out = 56, .kernel = 3, .stride = 2, .pad = 1})),
      304'463U);
  EXPECT_EQ(cycles(PoolKind::kAverage, both(32, {.in = 7, .kernel = 7})), 2'350U);
  EXPECT_EQ(cycles(PoolKind::kMax, both(32, {.in = 28, .out = 14, .kernel = 2, .stride = 2})),
            88'899U);
}

}  // namespace
}  // namespace vta::ops::accel
