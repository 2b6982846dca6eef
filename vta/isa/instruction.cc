#include "vta/isa/instruction.h"

#include <algorithm>
#include <array>

#include "vta/base/requantize.h"

namespace vta::isa {

namespace {

int32_t shift_right(int32_t x, int32_t amount) {
  if (amount >= 32) return x < 0 ? -1 : 0;
  if (amount >= 0) return x >> amount;
  if (amount <= -32) return 0;
  return static_cast<int32_t>(static_cast<uint32_t>(x) << -amount);
}

}  // namespace

int32_t alu(hw::AluOp op, int32_t x, int32_t y) {
  switch (op) {
    case hw::AluOp::kMin:
      return std::min(x, y);
    case hw::AluOp::kMax:
      return std::max(x, y);
    case hw::AluOp::kAdd:
      return wrap_add(x, y);
    case hw::AluOp::kShr:
      return shift_right(x, y);
    case hw::AluOp::kMul:
      return wrap_mul(x, y);
    case hw::AluOp::kRequantise:
      break;  // takes a record, not an operand
  }
  return x;
}

int32_t pack_requantise(const Requantise& r) {
  const uint32_t word = (static_cast<uint32_t>(r.shift) & 63) | (r.wide ? 128U : 0U) |
                        ((static_cast<uint32_t>(r.zero_point) & 255) << 8) |
                        ((static_cast<uint32_t>(r.clip_min) & 255) << 16) |
                        ((static_cast<uint32_t>(r.clip_max) & 255) << 24);
  return static_cast<int32_t>(word);
}

Requantise unpack_requantise(int32_t word) {
  const auto bits = static_cast<uint32_t>(word);
  return {.shift = static_cast<int32_t>(bits << 26) >> 26,
          .wide = (bits & 128) != 0,
          .zero_point = static_cast<int8_t>(bits >> 8),
          .clip_min = static_cast<int8_t>(bits >> 16),
          .clip_max = static_cast<int8_t>(bits >> 24)};
}

Unit unit_of(const Instruction& instruction) {
  if (instruction.opcode == Opcode::kStore) return Unit::kStore;
  const bool to_load_unit =
      instruction.opcode == Opcode::kLoad &&
      (instruction.memory == MemoryType::kInp || instruction.memory == MemoryType::kWgt);
  return to_load_unit ? Unit::kLoad : Unit::kCompute;
}

hw::Memory dram_element(MemoryType type) {
  constexpr std::array kElements = {hw::Memory::kUop, hw::Memory::kWgt, hw::Memory::kInp,
                                    hw::Memory::kAcc, hw::Memory::kOut, hw::Memory::kOut};
  return kElements[static_cast<size_t>(type)];
}

hw::Memory scratchpad(MemoryType type) {
  const hw::Memory element = dram_element(type);
  return element == hw::Memory::kOut ? hw::Memory::kAcc : element;
}

std::string_view opcode_name(Opcode opcode) {
  constexpr std::array<std::string_view, 6> kNames = {"load",   "store", "gemm",
                                                      "finish", "alu",   "depthwise"};
  return kNames[static_cast<size_t>(opcode)];
}

std::string_view memory_name(MemoryType type) {
  constexpr std::array<std::string_view, 6> kNames = {"uop", "wgt", "inp", "acc", "out", "acc8"};
  return kNames[static_cast<size_t>(type)];
}

std::string_view unit_name(Unit unit) {
  constexpr std::array<std::string_view, 3> kNames = {"load", "compute", "store"};
  return kNames[static_cast<size_t>(unit)];
}

}  // namespace vta::isa
