#include "vta/fuzz/uop_buffer.h"

#include "vta/sim/checks.h"

namespace vta::fuzz {

void UopBuffer::load(const isa::Instruction& i) {
  if (i.opcode != isa::Opcode::kLoad || i.memory != isa::MemoryType::kUop) return;
  const uint64_t rows = sim::padded_rows(i);
  const uint64_t columns = sim::padded_columns(i);
  if (i.sram_base + rows * columns > buffer_.size()) return;
  for (uint64_t k = 0; k < rows * columns; ++k) buffer_[i.sram_base + k] = {};
  for (uint64_t y = 0; y < i.y_size; ++y) {
    for (uint64_t x = 0; x < i.x_size; ++x) {
      const auto it = program_.uops.find(static_cast<uint32_t>(i.dram_base + y * i.x_stride + x));
      if (it == program_.uops.end()) continue;
      buffer_[i.sram_base + (i.y_pad_before + y) * columns + i.x_pad_before + x] = it->second;
    }
  }
}

std::span<const isa::MicroOp> UopBuffer::of(const isa::Instruction& i) const {
  if (i.uop_begin >= i.uop_end || i.uop_end > buffer_.size()) return {};
  return std::span(buffer_).subspan(i.uop_begin, i.uop_end - i.uop_begin);
}

}  // namespace vta::fuzz
