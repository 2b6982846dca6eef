#include "vta/ops/cpu/steps.h"

#include <algorithm>
#include <cstring>

#include "vta/base/error.h"
#include "vta/codegen/runtime/runtime.h"
#include "vta/loop/text.h"

namespace vta::ops::cpu {

Square square_window(const graph::Node& node) {
  const auto& strides = node.ints_attr("strides");
  const auto& pads = node.ints_attr("pads");
  const bool is = strides.size() == 2 && strides[0] == strides[1] &&
                  std::ranges::count(pads, pads[0]) == 4 &&
                  std::ranges::count(node.ints_attr("dilations"), 1) == 2;
  require(is, "{} '{}': the window must be the same in two dimensions, without dilation", node.op,
          node.name);
  return {strides[0], pads[0]};
}

void Steps::add(const loop::Function& function, std::vector<void*> buffers) {
  const std::string text = to_string(function);
  if (!kernels_.contains(text)) kernels_.emplace(text, jit_.compile(function));
  steps_.push_back({kernels_.at(text), std::move(buffers)});
}

void Steps::Release::operator()(void* memory) const {
  vta_release(memory);
}

void* Steps::allocate_bytes(int64_t bytes) {
  memory_.emplace_back(vta_allocate(bytes));
  std::memset(memory_.back().get(), 0, static_cast<size_t>(bytes));
  return memory_.back().get();
}

}  // namespace vta::ops::cpu
