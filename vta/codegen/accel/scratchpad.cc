#include "vta/codegen/accel/scratchpad.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "vta/base/error.h"

namespace vta::codegen::accel {

namespace {

struct ElementShape {
  hw::Memory memory;
  loop::Type type;
  int64_t rows, columns;
};

ElementShape element_shape(const loop::BufferNode& buffer, const hw::Config& c) {
  switch (buffer.scope) {
    case loop::Scope::kInp:
      return {hw::Memory::kInp, {loop::Type::Kind::kInt, c.inp_bits}, c.batch, c.block_in};
    case loop::Scope::kWgt:
      return {hw::Memory::kWgt, {loop::Type::Kind::kInt, c.wgt_bits}, c.block_out, c.block_in};
    case loop::Scope::kAcc:
      return {hw::Memory::kAcc, {loop::Type::Kind::kInt, c.acc_bits}, c.batch, c.block_out};
    default:
      fail("{} is in scope {}, which the accelerator does not have: must be inp, wgt or acc",
           buffer.name, scope_name(buffer.scope));
  }
}

size_t number(hw::Memory memory) {
  return static_cast<size_t>(memory);
}

}  // namespace

ElementLayout element_layout(const loop::BufferNode& buffer, const hw::Config& config) {
  const ElementShape e = element_shape(buffer, config);
  const size_t rank = buffer.shape.size();
  const std::vector<int64_t> strides = buffer.dense_or_strides();
  require(buffer.type == e.type && rank >= 2 && buffer.shape[rank - 2] == e.rows &&
              buffer.shape[rank - 1] == e.columns && strides[rank - 2] == e.columns &&
              strides[rank - 1] == 1,
          "{}: {}[{}] in {}, the type and the last dimensions must be {}[{}, {}], one element",
          buffer.name, to_string(buffer.type), fmt::join(buffer.shape, ", "),
          scope_name(buffer.scope), to_string(e.type), e.rows, e.columns);
  ElementLayout layout{e.memory, {}, 1};
  for (size_t d = 0; d + 2 < rank; ++d) {
    const int64_t stride = strides[d] / (e.rows * e.columns);
    require(stride * e.rows * e.columns == strides[d],
            "{}: the stride {} of dimension {} is not a multiple of an element, {}", buffer.name,
            strides[d], d, e.rows * e.columns);
    layout.strides.push_back(stride);
    layout.count += (buffer.shape[d] - 1) * stride;
  }
  return layout;
}

void Scratchpads::allocate(const loop::Buffer& buffer) {
  const ElementLayout layout = element_layout(*buffer, config_);
  const size_t m = number(layout.memory);
  live_.push_back({buffer->name, layout.memory, layout.count});
  places_[buffer.get()] = {layout, top_[m]};
  top_[m] += layout.count;
  high_[m] = std::max(high_[m], top_[m]);
  if (top_[m] <= config_.depth(layout.memory)) return;
  std::vector<std::string> sizes;
  int64_t others = top_[m];
  for (const Live& l : live_) {
    if (l.memory != layout.memory) continue;
    sizes.push_back(fmt::format("{} {}", l.name, l.count));
    others -= l.count;
  }
  if (others > 0) sizes.push_back(fmt::format("those of the threads before {}", others));
  fail("the {} scratchpad holds {} elements, the buffers need {}: {}", hw::kMemoryNames[m],
       config_.depth(layout.memory), top_[m], fmt::join(sizes, ", "));
}

void Scratchpads::free(const loop::Buffer& buffer) {
  const Place& freed = place(buffer);
  top_[number(freed.layout.memory)] = freed.base;
  places_.erase(buffer.get());
  live_.pop_back();
}

const Scratchpads::Place& Scratchpads::place(const loop::Buffer& buffer) const {
  const auto found = places_.find(buffer.get());
  require(found != places_.end(), "{} is in {}, must be in a scratchpad", buffer->name,
          scope_name(buffer->scope));
  return found->second;
}

void Scratchpads::begin_threads() {
  frames_.push_back({top_, high_});
  high_ = top_;
}

void Scratchpads::next_thread() {
  top_ = high_;
}

void Scratchpads::end_threads() {
  const Frame& frame = frames_.back();
  top_ = frame.top;
  for (size_t m = 0; m < high_.size(); ++m) high_[m] = std::max(high_[m], frame.high[m]);
  frames_.pop_back();
}

}  // namespace vta::codegen::accel
