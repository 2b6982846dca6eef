#include "vta/runtime/device.h"

#include <utility>

namespace vta::runtime {

DeviceBuffer::DeviceBuffer(Device& device, uint64_t bytes)
    : device_(&device), address_(device.allocate(bytes)), bytes_(bytes) {}

DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
    : device_(std::exchange(other.device_, nullptr)),
      address_(other.address_),
      bytes_(other.bytes_) {}

DeviceBuffer::~DeviceBuffer() {
  if (device_ != nullptr) device_->free(address_);
}

}  // namespace vta::runtime
