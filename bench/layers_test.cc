// The cycles of ResNet-18's convolutions in their default schedules, as they are now, and what they
// must not exceed.
#include <gtest/gtest.h>

#include "bench/resnet18_layers.h"
#include "tests/golden.h"
#include "vta/isa/check.h"
#include "vta/ops/accel/conv2d_model.h"

namespace vta::bench {
namespace {

TEST(Layers, TakeTheseCycles) {
  const hw::Config config = hw::load_config("default");
  std::string text;
  uint64_t sum = 0;
  for (const Layer& layer : kResnet18Layers) {
    const auto knobs = ops::accel::default_knobs(layer.shape(), config);
    const codegen::accel::Timed timed = time_layer(layer, knobs, config);
    const isa::CheckReport report = isa::check(timed.program);
    EXPECT_TRUE(report.ok()) << isa::to_string(report);
    text += fmt::format("{} {}\n", layer.name, timed.timing.cycles);
    sum += static_cast<uint64_t>(layer.count) * timed.timing.cycles;
    const double part =
        static_cast<double>(timed.bounds.largest()) / static_cast<double>(timed.timing.cycles);
    EXPECT_GE(part, layer.kernel == 3 ? 0.9 : 0.7) << layer.name;
  }
  EXPECT_LE(sum, 7'360'000U);
  expect_golden("bench/golden/layers.txt", text);
}

}  // namespace
}  // namespace vta::bench
