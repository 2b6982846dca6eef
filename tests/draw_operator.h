// Random graphs of one integer operator each, small, of forms that the accelerator runs.
#pragma once

#include <random>
#include <string_view>
#include <vector>

#include "vta/graph/graph.h"
#include "vta/hw/config.h"

namespace vta {

std::vector<std::string_view> drawn_operators();

// A graph whose only node is `op`, one of those. Weights and attributes are drawn so that `config`
// can have them.
graph::Graph draw_operator(std::string_view op, const hw::Config& config, std::mt19937_64& random);

// A tensor of integers from `low` to `high`.
template <typename T>
Tensor draw_tensor(Shape shape, int64_t low, int64_t high, std::mt19937_64& random) {
  Tensor tensor(dtype_of<T>(), std::move(shape));
  for (T& value : tensor.as<T>()) {
    value = static_cast<T>(low +
                           static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1)));
  }
  return tensor;
}

}  // namespace vta
