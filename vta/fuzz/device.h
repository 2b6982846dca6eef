// The devices that a program runs on, what a run leaves, and how two of them differ.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vta/fuzz/case.h"
#include "vta/sim/timing.h"

namespace vta::fuzz {

struct Device {
  std::string name;
  std::function<std::unique_ptr<sim::Simulator>(const hw::Config&)> make;
};

// "ref", "fsim", "tsim", "rtl". Throws Error for another name.
Device device(const std::string& name);

struct Outcome {
  Image after;                    // the regions of image_of
  std::vector<uint64_t> strays;   // pages outside of them in which a byte is not zero
  std::optional<uint64_t> fault;  // the instruction that it names
  std::string error;              // what a fault, or any other error, says
  sim::Counters counters;
  std::optional<sim::Timing> timing;  // of a device that knows time, where there was no fault
};

// Runs the program on a new device, after the one that ran before, if there is one.
Outcome run(const Case& c, const Device& device);

struct Difference {
  bool in_cycles = false;  // bytes, faults and counters agree
  std::string message;     // one line: which devices, and how
};
// What the outcomes disagree in, the first of them being the one that is right; and where they must
// fault but do not, or must not. Bytes (but what a fault has left
// in the scratchpads is not defined) and faults among all, counters among all that finish, cycles
// among those that know time.
std::optional<Difference> compare(const Case& c, const std::vector<Device>& devices,
                                  const std::vector<Outcome>& outcomes);

}  // namespace vta::fuzz
