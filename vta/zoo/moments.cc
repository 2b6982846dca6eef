#include "vta/zoo/moments.h"

#include <cmath>
#include <numbers>

namespace vta::zoo {
namespace {

// Adds the part of input channel `from` that reaches output channel `to` through `taps` weights.
void add_taps(const Moments& x, int64_t from, std::span<const float> taps, double share,
              Moments& sums, int64_t to) {
  double total = 0, squares = 0;
  for (const float w : taps) {
    total += w;
    squares += double{w} * w;
  }
  sums.mean[to] += share * total * x.mean[from];
  sums.variance[to] += share * squares * x.variance[from];
}

int64_t taps_of(const Tensor& weights) {
  return weights.size() / (weights.shape()[0] * weights.shape()[1]);
}

Moments zeros(int64_t channels) {
  return {std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0)};
}

}  // namespace

Moments through_weights(const Moments& x, const Tensor& weights, int64_t group) {
  const int64_t outputs = weights.shape()[0], inputs = weights.shape()[1];
  const int64_t taps = taps_of(weights);
  Moments result = zeros(outputs);
  for (int64_t o = 0; o < outputs; ++o) {
    const int64_t first = o / (outputs / group) * inputs;
    for (int64_t i = 0; i < inputs; ++i) {
      const auto kernel = weights.as<float>().subspan((o * inputs + i) * taps, taps);
      add_taps(x, first + i, kernel, 1.0, result, o);
    }
  }
  return result;
}

Moments through_transposed(const Moments& x, const Tensor& weights, double share) {
  const int64_t inputs = weights.shape()[0], outputs = weights.shape()[1];
  const int64_t taps = taps_of(weights);
  Moments result = zeros(outputs);
  for (int64_t i = 0; i < inputs; ++i) {
    for (int64_t o = 0; o < outputs; ++o) {
      const auto kernel = weights.as<float>().subspan((i * outputs + o) * taps, taps);
      add_taps(x, i, kernel, share, result, o);
    }
  }
  return result;
}

Moments through_relu(const Moments& x, double slope) {
  Moments result = x;
  for (size_t c = 0; c < x.mean.size(); ++c) {
    const double mean = x.mean[c], variance = x.variance[c], deviation = std::sqrt(variance);
    if (deviation == 0) {
      result.mean[c] = mean > 0 ? mean : slope * mean;
      continue;
    }
    const double z = mean / deviation;
    const double positive = 0.5 * std::erfc(-z / std::numbers::sqrt2);  // P(x > 0)
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
    const double first = mean * positive + deviation * density;  // E max(x, 0), and of its square:
    const double second = (mean * mean + variance) * positive + mean * deviation * density;
    const double square = second + slope * slope * (mean * mean + variance - second);
    result.mean[c] = first + slope * (mean - first);
    result.variance[c] = square - result.mean[c] * result.mean[c];
  }
  return result;
}

// max(x, 0) of a standard normal x has mean 0.40 and deviation 0.58. The largest of four has mean
// 1.04 and variance 0.47, of nine 1.49 and 0.36; in units of the former:
Moments through_max_pool(const Moments& x, int64_t kernel) {
  const double rise = kernel == 2 ? 1.1 : 1.87, spread = kernel == 2 ? 1.38 : 1.05;
  Moments result = x;
  for (size_t c = 0; c < x.mean.size(); ++c) {
    result.mean[c] += rise * std::sqrt(x.variance[c]);
    result.variance[c] *= spread;
  }
  return result;
}

Moments sum(const Moments& a, const Moments& b) {
  Moments result = a;
  for (size_t c = 0; c < b.mean.size(); ++c) {
    result.mean[c] += b.mean[c];
    result.variance[c] += b.variance[c];
  }
  return result;
}

Moments concatenated(const std::vector<Moments>& parts) {
  Moments result;
  for (const Moments& part : parts) {
    result.mean.insert(result.mean.end(), part.mean.begin(), part.mean.end());
    result.variance.insert(result.variance.end(), part.variance.begin(), part.variance.end());
  }
  return result;
}

}  // namespace vta::zoo
