// The scheduled sum on the device against its expression in the interpreter, and the default knobs.
#include "vta/ops/accel/residual_add.h"

#include <gtest/gtest.h>

#include "vta/base/error.h"
#include "vta/codegen/accel/accel_testing.h"

namespace vta::ops::accel {
namespace {

using codegen::accel::Contents;

TEST(ResidualAdd, RunsAsItsExpressionSays) {
  for (const char* preset : {"tiny", "default", "ultra96"}) {
    const hw::Config config = hw::load_config(preset);
    for (const auto& [elements, knobs] : std::vector<std::pair<int64_t, ResidualAddKnobs>>{
             {1, {1, 1}}, {24, {24, 1}}, {48, {12, 2}}, {50, {7, 3}}, {61, {16, 2}}}) {
      SCOPED_TRACE(testing::Message() << preset << ", " << elements << " elements in runs of "
                                      << knobs.length << ", threads " << knobs.threads);
      const loop::Function f = residual_add(elements, 20, config);
      const Contents contents = codegen::accel::draw_contents(f, 1);
      EXPECT_EQ(codegen::accel::executed(scheduled_residual_add(elements, 20, knobs, config),
                                         config, "fsim", contents),
                codegen::accel::interpreted(f, config, contents));
    }
  }
}

TEST(ResidualAdd, TheDefaultFillsTheAccumulator) {
  const hw::Config config = hw::load_config("default");
  EXPECT_EQ(default_knobs(500, config), (ResidualAddKnobs{500, 1}));
  EXPECT_EQ(default_knobs(5000, config), (ResidualAddKnobs{(2048 - 9) / 4, 2}));
}

}  // namespace
}  // namespace vta::ops::accel
