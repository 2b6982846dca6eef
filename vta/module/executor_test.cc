#include "vta/module/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "vta/base/error.h"
#include "vta/module/test_module.h"

namespace vta::module {
namespace {

using ::testing::ThrowsMessage;

Tensor random_input(const Module& module, uint32_t seed) {
  Tensor tensor(DType::kInt8, module.graph.value(module.graph.inputs[0]).type.shape);
  std::mt19937 random(seed);
  for (int8_t& x : tensor.as<int8_t>()) x = static_cast<int8_t>(random());
  return tensor;
}

TEST(Executor, GivesWhatTheGraphsInterpreterGives) {
  for (const char* preset : {"tiny", "default"}) {
    const Module module = make_add_module(hw::load_config(preset));
    for (const std::string& name : runtime::device_names()) {
      const auto device = runtime::make_device(name, module.config);
      Executor executor(module, *device);
      for (uint32_t seed = 0; seed < 3; ++seed) {
        const graph::NamedTensors inputs = {{"a", random_input(module, seed)}};
        EXPECT_EQ(executor.run(inputs), graph::run(module.graph, inputs)) << preset << " " << name;
      }
      EXPECT_EQ(executor.counters().alu_ops,
                3U * 3 * static_cast<uint64_t>(module.config.block_out));
      EXPECT_GT(executor.kernel_seconds().at(0), 0);
    }
  }
}

TEST(Executor, RefusesADeviceOfAnotherConfigurationNamingBoth) {
  const Module module = make_add_module(hw::load_config("default"));
  const auto device = runtime::make_device("ref", hw::load_config("tiny"));
  EXPECT_THAT(
      [&] { Executor(module, *device); },
      ThrowsMessage<Error>(
          "the module was compiled for "
          "1x16x16-i8w8o8a32-u8192i2048w1024a2048-min.max.add.shr.mul.rqt-d3, device 'ref' is "
          "1x4x4-i8w8o8a32-u256i256w128a256-min.max.add.shr.mul.rqt"));
}

TEST(Executor, RefusesWrongInputs) {
  const Module module = make_add_module(hw::load_config("tiny"));
  const auto device = runtime::make_device("ref", module.config);
  Executor executor(module, *device);
  EXPECT_THAT([&] { executor.run({}); },
              ThrowsMessage<Error>("graph 'add_and_negate': input 'a', i8[1x4x3], is missing"));
}

TEST(Executor, FreesTheDevicesMemory) {
  const Module module = make_add_module(hw::load_config("tiny"));
  const auto device = runtime::make_device("ref", module.config);
  const auto first_free = [&] { return runtime::DeviceBuffer(*device, 1).address(); };
  const auto before = first_free();
  {
    const Executor executor(module, *device);
    EXPECT_NE(first_free(), before);
  }
  EXPECT_EQ(first_free(), before);
}

}  // namespace
}  // namespace vta::module
