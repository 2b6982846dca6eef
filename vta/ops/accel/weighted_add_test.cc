// The scheduled sum on the device against its expression in the interpreter.
#include "vta/ops/accel/weighted_add.h"

#include <gtest/gtest.h>

#include "vta/codegen/accel/accel_testing.h"

namespace vta::ops::accel {
namespace {

TEST(WeightedAdd, RunsAsItsExpressionSays) {
  hw::Config wide_inputs = hw::load_config("tiny");
  wide_inputs.block_in = 8;
  hw::Config two_rows = hw::load_config("tiny");
  two_rows.batch = 2;
  for (const hw::Config& config : {hw::load_config("tiny"), hw::load_config("default"),
                                   hw::load_config("ultra96"), wide_inputs, two_rows}) {
    for (const auto& [pixels, knobs] : std::vector<std::pair<int64_t, WeightedAddKnobs>>{
             {1, {1, 1}}, {24, {24, 1}}, {48, {12, 2}}, {50, {7, 3}}, {61, {16, 2}}}) {
      SCOPED_TRACE(testing::Message() << config.name << ", " << pixels << " pixels in tiles of "
                                      << knobs.pixels << ", threads " << knobs.threads);
      const loop::Function f = weighted_add(pixels, config);
      const auto contents = codegen::accel::draw_contents(f, 1);
      EXPECT_EQ(codegen::accel::executed(scheduled_weighted_add(pixels, knobs, config), config,
                                         "fsim", contents),
                codegen::accel::interpreted(f, config, contents));
    }
  }
}

}  // namespace
}  // namespace vta::ops::accel
