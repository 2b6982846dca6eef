// The cycles of the talk's networks on two presets, as they are now (`--update` writes them anew),
// and that every layer takes at least its bound.
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "tests/golden.h"
#include "vta/compiler/network_timing.h"
#include "vta/graph/passes.h"
#include "vta/quantize/quantize.h"
#include "vta/zoo/zoo.h"

namespace vta::compiler {
namespace {

graph::Graph quantised(std::string_view name) {
  const graph::Graph network = graph::simplify(zoo::build(name));
  const graph::Value& input = network.value(network.inputs[0]);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Tensor sample(DType::kFloat32, input.type.shape);
  for (float& value : sample.as<float>()) value = uniform(random);
  return quantize::quantize(network, quantize::calibrate(network, {{{input.name, sample}}}));
}

void expect_sound(const LayerTiming& layer) {
  EXPECT_EQ(std::accumulate(layer.uses.begin(), layer.uses.end(), uint64_t{0}), layer.cycles)
      << layer.name;
  EXPECT_LE(layer.bound(), layer.cycles) << layer.name;
  EXPECT_LE(layer.least_dram_bytes, layer.dram_bytes) << layer.name;
}

TEST(NetworkCycles, AreThese) {
  std::string text;
  for (const std::string name :
       {"resnet18", "resnet34", "resnet50", "mobilenet_v1", "mobilenet_v2", "dcgan"}) {
    const graph::Graph network = quantised(name);
    for (const std::string preset : {"default", "ultra96"}) {
      const hw::Config config = hw::load_config(preset);
      const NetworkTiming timing = time_network(compile_integer(network, config));
      for (const LayerTiming& layer : timing.layers) expect_sound(layer);
      text += fmt::format("{} {} {}\n", name, preset, timing.cycles());
    }
  }
  expect_golden("tests/golden/network_cycles.txt", text);
}

}  // namespace
}  // namespace vta::compiler
