#include "vta/quantize/integer_ratio.h"

#include <cmath>

namespace vta::quantize {

std::optional<IntegerRatio> integer_ratio(double a, double b) {
  constexpr int kLargest = 127;
  const bool a_is_larger = a >= b;
  const double ratio = a_is_larger ? b / a : a / b;
  if (ratio < 1.0 / 64) return std::nullopt;
  int best = 0, best_smaller = 0;
  double least = 1;
  for (int larger = kLargest; larger > kLargest / 2; --larger) {
    const double exact = ratio * larger;
    const double error = std::abs(exact - std::round(exact)) / larger;
    if (error >= least) continue;
    least = error;
    best = larger;
    best_smaller = static_cast<int>(std::round(exact));
  }
  if (a_is_larger) return IntegerRatio{best, best_smaller, a / best};
  return IntegerRatio{best_smaller, best, b / best};
}

}  // namespace vta::quantize
