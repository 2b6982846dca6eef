// Random programs one after the other, and what a device makes of each, as a line of text.
#pragma once

#include <string>
#include <vector>

#include "vta/fuzz/device.h"

namespace vta {

struct Programs {
  std::string device;
  std::vector<hw::Config> configs;  // which take turns

  // Of program k: the fault, or a digest of DRAM, counters and times.
  std::string outcome(uint64_t k) const;
};

// On the configurations that suit the device: Verilated models cost time to build.
Programs programs_for(const std::string& device);

}  // namespace vta
