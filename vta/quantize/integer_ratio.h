// The ratio of two scales as one of small integers, by which the GEMM array can multiply.
#pragma once

#include <optional>

namespace vta::quantize {

struct IntegerRatio {
  int a, b;     // 1 to 127
  double unit;  // a * unit and b * unit are the scales; the larger one exactly
};

// Of two positive scales. The smaller one is off by at most 1/254 of the larger one; nothing where
// it is less than 1/64 of that.
std::optional<IntegerRatio> integer_ratio(double a, double b);

}  // namespace vta::quantize
