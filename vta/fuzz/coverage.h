// The coverage plan: what random programs must have met, each point with its stable name, a
// sentence, and how it is recognised. docs/verification.md is generated from it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "vta/fuzz/observe.h"

namespace vta::fuzz {

struct Point {
  std::string name;      // "gemm.raw.distance1"
  std::string sentence;  // what happened in a program that hits it
  std::function<bool(const Observation&)> hit;
  // Whether programs for the configuration can hit it; none: all can.
  std::function<bool(const hw::Config&)> applies = nullptr;
  bool timed = false;  // only seen where a device that knows time runs
};

const std::vector<Point>& points();

// How many programs hit each point.
class Coverage {
 public:
  Coverage() : hits_(points().size()) {}

  void add(const Observation& observation);
  void add(const Coverage& other);
  uint64_t hits(size_t point) const { return hits_[point]; }
  // Names of the points that apply to one of the configurations but are not hit.
  std::vector<std::string> missed(const std::vector<hw::Config>& configs, bool timed) const;

 private:
  std::vector<uint64_t> hits_;
};

// docs/verification.md.
std::string verification_markdown();

}  // namespace vta::fuzz
