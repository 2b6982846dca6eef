// The campaign: random programs on several devices, differences made small and kept.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vta/fuzz/coverage.h"
#include "vta/fuzz/device.h"

namespace vta::fuzz {

struct Options {
  std::vector<hw::Config> configs;  // each gets `count` programs
  std::vector<Device> devices;      // the first is the one that is right
  uint64_t count = 100;
  uint64_t seed = 1;        // of the first program of each configuration; then seed + 1, …
  double seconds = 0;       // stops when so much time is over; 0: only the count stops it
  uint64_t most_found = 5;  // stops after so many differences
  bool shrink = true;
  std::filesystem::path folder = {};  // where shrunk programs go; none: they are not written
};

struct Found {
  std::string config;
  uint64_t seed = 0;  // generate(config, seed) is the program
  Difference difference;
  Case shrunk;
  std::filesystem::path file;  // of the shrunk program, where one was written
};

struct Report {
  uint64_t programs = 0;
  uint64_t broken = 0;  // of them, programs that must fault
  uint64_t instructions = 0;
  uint64_t cycles = 0;             // simulated, where a device knows time
  uint64_t differences = 0;        // programs with other bytes, faults or counters
  uint64_t cycle_differences = 0;  // programs with other cycles only
  double seconds = 0;
  Coverage coverage;
  std::vector<Found> found;
};

Report fuzz(const Options& options);

}  // namespace vta::fuzz
