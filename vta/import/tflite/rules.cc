#include "vta/import/tflite/rules.h"

#include <algorithm>
#include <map>

namespace vta::import {

const TfliteRule* find_tflite_rule(int32_t code) {
  static const auto kRules = [] {
    std::map<int32_t, const TfliteRule*> result;
    for (const auto family : {tflite_weighted_rules, tflite_window_rules, tflite_elementwise_rules,
                              tflite_shape_rules}) {
      for (const TfliteRule& rule : family()) result.emplace(rule.code, &rule);
    }
    return result;
  }();
  const auto found = kRules.find(code);
  return found == kRules.end() ? nullptr : found->second;
}

std::vector<int64_t> tflite_pads(const TfliteOptions& options, const Shape& x, int64_t kernel_h,
                                 int64_t kernel_w) {
  constexpr int64_t kLimit = int64_t{1} << 30;  // no product of two overflows
  const auto check = [](std::string_view what, int64_t value) {
    require(value >= 1 && value < kLimit, "{} is {}, must be in [1, 2^30)", what, value);
  };
  const auto total = [&](int64_t size, int64_t kernel, int64_t stride, int64_t dilation) {
    check("the input's size", size);
    check("the kernel's size", kernel);
    check("the stride", stride);
    check("the dilation", dilation);
    if (!options.same_padding) return int64_t{0};
    const int64_t out = (size + stride - 1) / stride;
    return std::max<int64_t>((out - 1) * stride + (kernel - 1) * dilation + 1 - size, 0);
  };
  require(x.size() == 4, "its input has {} dimensions, must have 4", x.size());
  const int64_t h = total(x[2], kernel_h, options.stride_h, options.dilation_h);
  const int64_t w = total(x[3], kernel_w, options.stride_w, options.dilation_w);
  return {h / 2, w / 2, h - h / 2, w - w / 2};
}

}  // namespace vta::import
