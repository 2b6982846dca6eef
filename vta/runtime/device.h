// Device: the one interface to anything that executes accelerator programs. Simulators implement it
// now; RTL simulation, boards and remote sessions are to be further implementations.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vta/hw/config.h"
#include "vta/sim/simulator.h"

namespace vta::runtime {

using sim::Counters;

// A DRAM address of the device, in bytes.
using DeviceAddress = uint64_t;

class Device {
 public:
  virtual ~Device() = default;

  virtual std::string name() const = 0;  // "ref", "fsim", …
  virtual const hw::Config& config() const = 0;

  // Aligned to config().dram_alignment(), contents undefined. Throws Error when DRAM is full.
  virtual DeviceAddress allocate(uint64_t bytes) = 0;
  virtual void free(DeviceAddress address) = 0;  // one that allocate returned

  // Throw Error when the range is not inside the device's memory.
  virtual void copy_to(DeviceAddress to, std::span<const uint8_t> from) = 0;
  virtual void copy_from(DeviceAddress from, std::span<uint8_t> to) = 0;

  // Executes `count` instructions at `address`, and waits for the end. Throws sim::Fault.
  virtual Counters run(DeviceAddress address, uint64_t count) = 0;
};

// One of device_names(). Throws Error that lists them. The first "rtl" of a configuration is built,
// which takes a while.
std::unique_ptr<Device> make_device(const std::string& name, const hw::Config& config,
                                    uint64_t seed = 0);
std::vector<std::string> device_names();

// A block of device memory, freed with its owner.
class DeviceBuffer {
 public:
  DeviceBuffer(Device& device, uint64_t bytes);
  ~DeviceBuffer();
  DeviceBuffer(DeviceBuffer&& other) noexcept;
  DeviceBuffer& operator=(DeviceBuffer&&) = delete;
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;

  DeviceAddress address() const { return address_; }
  uint64_t bytes() const { return bytes_; }

 private:
  Device* device_;
  DeviceAddress address_;
  uint64_t bytes_;
};

}  // namespace vta::runtime
