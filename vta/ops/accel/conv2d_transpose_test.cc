// The scheduled transposed convolution on the device against its expression in the interpreter.
#include "vta/ops/accel/conv2d_transpose.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "vta/codegen/accel/accel_testing.h"
#include "vta/codegen/accel/time.h"
#include "vta/ops/accel/conv2d_model.h"
#include "vta/ops/accel/small_arrays_testing.h"
#include "vta/ops/accel/splits.h"

namespace vta::ops::accel {
namespace {

using codegen::accel::draw_contents;
using codegen::accel::executed;
using codegen::accel::interpreted;

struct Draw {
  int64_t from(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  }
  // Each phase, some of them in two.
  std::vector<Progression> classes(int64_t out, int64_t stride) {
    std::vector<Progression> result;
    for (int64_t phase = 0; phase < std::min(stride, out); ++phase) {
      const int64_t middle = from(0, 1) == 0 ? out : std::max<int64_t>(phase + 1, out / 2);
      result.push_back({phase, middle, stride});
      const int64_t next = phase + ceil_div(middle - phase, stride) * stride;
      if (next < out) result.push_back({next, out, stride});
    }
    return result;
  }
  std::mt19937_64 random{1};
};

Conv2dTransposeShape draw_shape(Draw& draw) {
  Conv2dTransposeShape s{.batches = draw.from(1, 2),
                         .groups = draw.from(0, 3) == 0 ? 2 : 1,
                         .in_blocks = draw.from(1, 3),
                         .in_h = draw.from(1, 4),
                         .in_w = draw.from(1, 4),
                         .out_blocks = draw.from(1, 3),
                         .out_h = 0,
                         .out_w = 0,
                         .kernel_h = draw.from(1, 5),
                         .kernel_w = draw.from(1, 4),
                         .stride_h = draw.from(1, 3),
                         .stride_w = draw.from(1, 2),
                         .pad_top = draw.from(0, 2),
                         .pad_left = draw.from(0, 1),
                         .row_classes = {},
                         .column_classes = {}};
  s.out_h = std::max<int64_t>(
      1, (s.in_h - 1) * s.stride_h + s.kernel_h - s.pad_top - draw.from(0, 2) + draw.from(0, 1));
  s.out_w = std::max<int64_t>(
      1, (s.in_w - 1) * s.stride_w + s.kernel_w - s.pad_left - draw.from(0, 1) + draw.from(0, 1));
  if (draw.from(0, 1) == 0) {
    s.row_classes = draw.classes(s.out_h, s.stride_h);
    s.column_classes = draw.classes(s.out_w, s.stride_w);
  }
  return s;
}

// Tiles divide or not; threads take groups, output blocks or rows; weights stay or not; kernels
// have more taps than the stride, as many, or fewer.
TEST(Conv2dTranspose, RandomSchedulesDoWhatTheExpressionSays) {
  Draw draw;
  const std::vector<hw::Config> configs = small_arrays();
  for (int run = 0; run < 48; ++run) {
    const hw::Config config = configs[static_cast<size_t>(run) % configs.size()];
    Conv2dTransposeShape s = draw_shape(draw);
    while (!s.reads_input()) s = draw_shape(draw);
    const Conv2dKnobs k{.groups = draw.from(1, s.groups),
                        .out_blocks = draw.from(1, s.out_blocks),
                        .in_blocks = draw.from(1, s.in_blocks),
                        .rows = draw.from(1, ceil_div(s.out_h, s.stride_h)),
                        .columns = draw.from(1, ceil_div(s.out_w, s.stride_w)),
                        .threads = draw.from(1, 3),
                        .across = static_cast<Across>(draw.from(0, 2)),
                        .weights_stay = draw.from(0, 1) == 0,
                        .records_stay = draw.from(0, 1) == 0};
    const loop::Function expression = conv2d_transpose(s, config);
    const auto contents = draw_contents(expression, static_cast<uint64_t>(run));
    ASSERT_EQ(executed(scheduled_conv2d_transpose(s, k, config), config, "fsim", contents),
              interpreted(expression, config, contents))
        << "run " << run;
  }
}

// Each input pixel meets each tap once: 16 pixels, 25 taps, 4 input and 2 output blocks.
TEST(Conv2dTranspose, MultipliesNoZeroBetweenInputPixels) {
  const hw::Config config = hw::load_config("default");
  const Conv2dTransposeShape s{.in_blocks = 4,
                               .in_h = 4,
                               .in_w = 4,
                               .out_blocks = 2,
                               .out_h = 8,
                               .out_w = 8,
                               .kernel_h = 5,
                               .kernel_w = 5,
                               .stride_h = 2,
                               .stride_w = 2,
                               .pad_top = 2,
                               .pad_left = 2,
                               .row_classes = {},
                               .column_classes = {}};
  const loop::Function f = scheduled_conv2d_transpose(s, default_knobs(s, config), config);
  const auto timed = codegen::accel::time_of(codegen::accel::generate(f, config),
                                             codegen::accel::parameter_bytes(f), config);
  EXPECT_EQ(timed.bounds.mac, 16U * 25 * 4 * 2);
}

}  // namespace
}  // namespace vta::ops::accel
