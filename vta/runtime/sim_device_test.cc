#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/error.h"
#include "vta/runtime/device.h"

namespace vta::runtime {
namespace {

using ::testing::ThrowsMessage;

TEST(SimDevice, UnknownNameListsTheNames) {
  EXPECT_THAT([] { make_device("gpu", hw::load_config("tiny")); },
              ThrowsMessage<Error>("there is no device 'gpu' (devices: ref, fsim, tsim, rtl)"));
}

TEST(SimDevice, EveryNameMakesADeviceOfThatConfiguration) {
  const hw::Config config = hw::load_config("tiny");
  for (const std::string& name : device_names()) {
    const auto device = make_device(name, config);
    EXPECT_EQ(device->name(), name);
    EXPECT_EQ(device->config().fingerprint(), config.fingerprint());
  }
}

TEST(SimDevice, CopiesBytesThereAndBack) {
  const auto device = make_device("ref", hw::load_config("tiny"));
  const DeviceBuffer buffer(*device, 5);
  EXPECT_GE(buffer.address(), 4096U);
  EXPECT_EQ(buffer.address() % 4096, 0U);
  const std::vector<uint8_t> bytes = {1, 2, 3, 4, 5};
  device->copy_to(buffer.address(), bytes);
  std::vector<uint8_t> back(3);
  device->copy_from(buffer.address() + 1, back);
  EXPECT_THAT(back, testing::ElementsAre(2, 3, 4));
  EXPECT_THROW(device->copy_to(~uint64_t{0} - 2, bytes), Error);
  EXPECT_THROW(device->copy_from((uint64_t{1} << 30) - 2, back), Error);
}

TEST(DeviceBuffer, FreesItsMemoryOnce) {
  const auto device = make_device("ref", hw::load_config("tiny"));
  DeviceAddress first = 0;
  {
    DeviceBuffer a(*device, 100);
    first = a.address();
    const DeviceBuffer b(std::move(a));
    EXPECT_EQ(b.address(), first);
    EXPECT_EQ(b.bytes(), 100U);
  }
  EXPECT_EQ(DeviceBuffer(*device, 100).address(), first);
  EXPECT_THROW(DeviceBuffer(*device, uint64_t{1} << 30), Error);
}

}  // namespace
}  // namespace vta::runtime
