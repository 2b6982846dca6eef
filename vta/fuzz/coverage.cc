#include "vta/fuzz/coverage.h"

#include <algorithm>

namespace vta::fuzz {

void Coverage::add(const Observation& observation) {
  for (size_t k = 0; k < hits_.size(); ++k) {
    if (points()[k].hit(observation)) ++hits_[k];
  }
}

void Coverage::add(const Coverage& other) {
  for (size_t k = 0; k < hits_.size(); ++k) hits_[k] += other.hits_[k];
}

std::vector<std::string> Coverage::missed(const std::vector<hw::Config>& configs,
                                          bool timed) const {
  std::vector<std::string> names;
  for (size_t k = 0; k < hits_.size(); ++k) {
    const Point& point = points()[k];
    if (hits_[k] > 0 || (point.timed && !timed)) continue;
    if (point.applies && std::ranges::none_of(configs, point.applies)) continue;
    names.push_back(point.name);
  }
  return names;
}

}  // namespace vta::fuzz
