#include "vta/quantize/adaptive_rounding.h"

#include <algorithm>
#include <cmath>

namespace vta::quantize {

namespace {

constexpr int kSweeps = 30;
constexpr double kLeastGain = 1e-3;  // of a step, over its own cost: floats are not exact
constexpr double kDamping = 0.01;    // of the mean variance, added to each: samples are finite
// Scales tried, as shares of the one that keeps the largest weight.
constexpr double kSmallestShare = 0.5, kShareStep = 0.05;

// One block of a row: the weights, and the covariance of what they meet.
struct Block {
  std::span<const float> weights;
  std::vector<float> covariance;  // damped

  float at(size_t i, size_t j) const { return covariance[i * weights.size() + j]; }
};

Block make_block(std::span<const float> weights, const std::vector<float>& covariance) {
  Block block{weights, covariance};
  const size_t size = weights.size();
  double trace = 0;
  for (size_t i = 0; i < size; ++i) trace += block.at(i, i);
  // Where nothing was ever seen, the nearest step is the best guess.
  const double damping = trace > 0 ? kDamping * trace / static_cast<double>(size) : 1;
  for (size_t i = 0; i < size; ++i) {
    block.covariance[i * size + i] += static_cast<float>(damping);
  }
  return block;
}

int8_t nearest(float weight, double scale, int limit) {
  return static_cast<int8_t>(std::clamp<double>(std::nearbyint(weight / scale), -limit, limit));
}

// The scale whose nearest steps make the least error where the values are taken to be independent.
double best_scale(const std::vector<Block>& blocks, double largest_scale, int limit) {
  double best = largest_scale, least = INFINITY;
  for (double share = 1; share > kSmallestShare - kShareStep / 2; share -= kShareStep) {
    const double scale = share * largest_scale;
    double sum = 0;
    for (const Block& block : blocks) {
      for (size_t i = 0; i < block.weights.size(); ++i) {
        const double error = block.weights[i] - scale * nearest(block.weights[i], scale, limit);
        sum += error * error * block.at(i, i);
      }
    }
    if (sum >= least) continue;
    least = sum;
    best = scale;
  }
  return best;
}

// From the nearest steps on: while one more or less of one weight makes the error smaller, takes
// it.
void descend(const Block& block, double scale, int limit, std::span<int8_t> steps) {
  const size_t size = block.weights.size();
  std::vector<float> gradient(size, 0.0F);  // covariance times error
  for (size_t i = 0; i < size; ++i) {
    steps[i] = nearest(block.weights[i], scale, limit);
    const auto error = static_cast<float>(block.weights[i] - scale * steps[i]);
    for (size_t j = 0; j < size; ++j) gradient[j] += error * block.at(i, j);
  }
  bool moved = true;
  for (int sweep = 0; moved && sweep < kSweeps; ++sweep) {
    moved = false;
    for (size_t i = 0; i < size; ++i) {
      const int direction = gradient[i] > 0 ? 1 : -1;
      if (std::abs(steps[i] + direction) > limit) continue;
      const double moving = scale * block.at(i, i);
      if (2 * std::fabs(gradient[i]) <= moving * (1 + kLeastGain)) continue;
      steps[i] = static_cast<int8_t>(steps[i] + direction);
      const auto change = static_cast<float>(direction * scale);
      for (size_t j = 0; j < size; ++j) gradient[j] -= change * block.at(i, j);
      moved = true;
    }
  }
}

}  // namespace

IntegerWeights round_adaptively(const WeightedLayer& layer, int bits,
                                const std::vector<GroupStatistics>& statistics) {
  IntegerWeights result = round_to_nearest(layer.rows, bits);
  const int limit = weight_limit(bits);
  const auto depth = static_cast<size_t>(layer.depth());
  const auto channels = static_cast<size_t>(layer.channels());
  const size_t channels_of_group = channels / static_cast<size_t>(layer.groups);
  for (size_t g = 0; g < statistics.size(); ++g) {
    // The blocks' weights are those of one row after the other.
    std::vector<Block> blocks;
    for (const std::vector<float>& covariance : statistics[g].covariance) {
      const size_t first = blocks.size() * static_cast<size_t>(GroupStatistics::kBlock);
      const auto row = layer.rows.as<float>().subspan(g * channels_of_group * depth, depth);
      blocks.push_back(
          make_block(row.subspan(first, std::min<size_t>(GroupStatistics::kBlock, depth - first)),
                     covariance));
    }
    for (size_t c = g * channels_of_group; c < (g + 1) * channels_of_group; ++c) {
      size_t first = 0;
      for (Block& block : blocks) {
        block.weights = layer.rows.as<float>().subspan(c * depth + first, block.weights.size());
        first += block.weights.size();
      }
      result.scales[c] = best_scale(blocks, result.scales[c], limit);
      std::span<int8_t> steps = result.values.as<int8_t>().subspan(c * depth, depth);
      for (const Block& block : blocks) {
        descend(block, result.scales[c], limit, steps.first(block.weights.size()));
        steps = steps.subspan(block.weights.size());
      }
    }
  }
  return result;
}

}  // namespace vta::quantize
