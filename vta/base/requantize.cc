#include "vta/base/requantize.h"

#include <cmath>

#include "vta/base/error.h"

namespace vta {

QuantizedMultiplier quantize_multiplier(double real) {
  require(real >= 0 && std::isfinite(real), "scale ratio {} is not a finite number of 0 or more",
          real);
  if (real == 0) return {};
  int shift;
  const double fraction = std::frexp(real, &shift);  // in [0.5, 1)
  auto factor = static_cast<int64_t>(std::round(fraction * 0x1p31));
  if (factor == (int64_t{1} << 31)) {
    factor /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  require(shift <= 30, "scale ratio {} is too large for a fixed-point factor", real);
  return {static_cast<int32_t>(factor), shift};
}

}  // namespace vta
