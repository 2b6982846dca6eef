// A relocatable program in a device's memory, ready to run any number of times.
#pragma once

#include <cstdint>
#include <map>

#include "vta/runtime/command_stream.h"
#include "vta/runtime/device.h"

namespace vta::runtime {

class LoadedProgram {
 public:
  // Copies instructions and micro-ops to the device. `buffer_addresses` are those of the program's
  // buffers, without kUopBuffer. The device and those buffers must outlive this. Throws Error as
  // place() does, or when the device's memory is full.
  LoadedProgram(Device& device, const RelocatableProgram& program,
                std::map<int, DeviceAddress> buffer_addresses);

  Counters run() { return device_->run(instructions_.address(), instruction_count_); }

 private:
  Device* device_;
  uint64_t instruction_count_;
  DeviceBuffer uops_;
  DeviceBuffer instructions_;
};

}  // namespace vta::runtime
