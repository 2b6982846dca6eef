#include "vta/quantize/mixed.h"

#include <algorithm>
#include <limits>

namespace vta::quantize {

namespace {

constexpr int kNarrow = 4, kWide = 8;

std::vector<std::string> in_order_of_narrowing(PostTrainer& trainer, const Way& way,
                                               const std::map<std::string, double>& saved) {
  std::vector<std::pair<double, std::string>> costs;
  for (const std::string& node : trainer.weighted_nodes()) {
    const double error = trainer.error(
        trainer.quantized(way, {.weight_bits = kWide, .bits_by_node = {{node, kNarrow}}}));
    const auto gain = saved.find(node);
    const bool gains = gain != saved.end() && gain->second > 0;
    costs.emplace_back(gains ? error / gain->second : std::numeric_limits<double>::infinity(),
                       node);
  }
  std::ranges::stable_sort(costs, {}, &std::pair<double, std::string>::first);
  std::vector<std::string> nodes;
  for (const auto& cost : costs) nodes.push_back(cost.second);
  return nodes;
}

}  // namespace

std::vector<MixedChoice> narrow_stepwise(PostTrainer& trainer, const Way& way,
                                         const std::map<std::string, double>& saved,
                                         size_t choices) {
  require(choices >= 2, "a choice among {} is none: 2 at least", choices);
  const std::vector<std::string> order = in_order_of_narrowing(trainer, way, saved);
  const size_t steps = std::min(choices - 1, order.size());
  std::vector<MixedChoice> result;
  for (size_t i = 0; i <= steps; ++i) {
    const size_t count = steps == 0 ? 0 : i * order.size() / steps;
    MixedChoice choice;
    choice.narrow.assign(order.begin(), order.begin() + static_cast<ptrdiff_t>(count));
    PostTrainingOptions options{.weight_bits = kWide};
    for (const std::string& node : choice.narrow) options.bits_by_node[node] = kNarrow;
    choice.integer = trainer.quantized(way, options);
    result.push_back(std::move(choice));
  }
  return result;
}

}  // namespace vta::quantize
